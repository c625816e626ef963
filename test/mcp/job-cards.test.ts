// What a client that shows cards gets, and what other clients do not notice.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { JobManager } from '../../src/jobs/manager.ts';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { MAX_LINES } from '../../src/mcp/card/card-contract.ts';
import { terminalLines } from '../../src/mcp/card/terminal-lines.ts';
import { untilPrinted } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { DIST } from '../support/mcp-session.ts';
import { openOwnEndpoint } from '../support/own-endpoint.ts';
import { RawClient } from '../support/raw-client.ts';
import { eventually } from '../support/runner.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';
import { socketFetch } from '../support/socket-fetch.ts';
import { sendStateless, statelessRequest } from '../support/stateless-request.ts';

const URI = 'ui://background-jobs/job-card';
const UI = { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } } };

interface Result {
  readonly isError?: boolean;
  readonly content: readonly { readonly text: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

async function open(t: TestContext, settings: Parameters<typeof openManager>[1] = {}) {
  const manager = openManager(t, settings);
  const endpoint = await openOwnEndpoint(manager, '1.2.3', {}, { page: join(DIST, 'job-card.html') });
  atEnd(t, () => endpoint.close());
  const connect = async (capabilities: object): Promise<Client> => {
    const fetch = socketFetch(endpoint.socket, endpoint.headers);
    const client = new Client({ name: 'client', version: '1' }, { capabilities });
    await client.connect(new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), { fetch }));
    atEnd(t, () => client.close());
    return client;
  };
  return { manager, endpoint, connect };
}

const call = (client: Client, name: string, args: Record<string, unknown>): Promise<Result> =>
  client.callTool({ name, arguments: args }) as unknown as Promise<Result>;

async function start(client: Client, manager: JobManager, command: string): Promise<string> {
  await call(client, 'execute', { command, name: 'job' });
  return manager.jobs.get('job').id;
}

test('only a client that shows cards gets the card, its page and its tools', async (t) => {
  const { connect } = await open(t);
  const [plain, ui] = [await connect({}), await connect(UI)];
  const { tools } = await plain.listTools();
  assert.equal(tools.length, 10);
  assert.ok(tools.every(({ _meta }) => _meta === undefined));
  await assert.rejects(plain.readResource({ uri: URI }), /There is no resource/);
  await assert.rejects(plain.callTool({ name: 'job_card_state', arguments: {} }), /There is no tool/);

  const listed = (await ui.listTools()).tools;
  const metaOf = (name: string): unknown => listed.find((tool) => tool.name === name)?._meta;
  for (const name of ['execute', 'wait', 'restart'])
    assert.deepEqual(metaOf(name), { ui: { resourceUri: URI } });
  for (const name of ['job_card_state', 'job_card_action']) {
    assert.deepEqual(metaOf(name), { ui: { visibility: ['app'] } });
  }
  assert.equal(metaOf('list'), undefined);
  // VS Code 1.138 shows no card for a tool with annotations.
  assert.equal(listed.find(({ name }) => name === 'execute')?.annotations, undefined);
  const { contents } = await ui.readResource({ uri: URI });
  const page = contents[0] as { text: string; mimeType: string };
  assert.equal(page.mimeType, 'text/html;profile=mcp-app');
  assert.ok(Buffer.byteLength(page.text) < 60_000);
  assert.match(page.text, /default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'/);
  assert.doesNotMatch(page.text, /unsafe|https?:\/\/(?!localhost|www\.w3\.org)/);
});

test('a client of MCP 2026-07-28 gets cards by the capabilities of each request', async (t) => {
  const { endpoint } = await open(t);
  const raw = new RawClient(endpoint);
  const count = async (capabilities: object): Promise<number> => {
    const _meta = { 'io.modelcontextprotocol/clientCapabilities': capabilities };
    const { messages } = await sendStateless(raw, statelessRequest(1, 'tools/list', { _meta }));
    return (messages[0]?.result?.tools as unknown[]).length;
  };
  assert.equal(await count({}), 10);
  assert.equal(await count(UI), 12);
  assert.equal(
    await count({ extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html'] } } }),
    10,
  );
  const _meta = { 'io.modelcontextprotocol/clientCapabilities': UI };
  const read = statelessRequest(2, 'resources/read', { uri: URI, _meta });
  assert.match((await sendStateless(raw, read)).text, /<!doctype html>/);
});

test('the state has what the card shows, with the end of the output as it was printed', async (t) => {
  const { manager, connect } = await open(t);
  const client = await connect(UI);
  const id = await start(
    client,
    manager,
    String.raw`head -c 100000 /dev/zero | tr '\0' x; printf '\n\033[31mred\n'; read x; exit 3`,
  );
  const state = async (): Promise<Readonly<Record<string, unknown>>> =>
    (await call(client, 'job_card_state', { job_id: id })).structuredContent!;
  while ((await state()).waitsFor !== 'input');
  const { tail, ...rest } = await state();
  assert.ok(String(tail).endsWith('x\n\x1b[31mred\n'));
  assert.ok(String(tail).length <= 8 * 1024);
  const { printed } = rest;
  const known = (await call(client, 'job_card_state', { job_id: id, printed })).structuredContent!;
  assert.deepEqual([known.tail, known.printed], [undefined, printed]);
  assert.deepEqual([rest.status, rest.name, rest.takesInput, rest.canOpen], ['running', 'job', true, false]);
  assert.deepEqual(rest.ports, []);
  await call(client, 'job_card_action', { job_id: id, action: 'input', text: 'go' });
  while ((await state()).end === undefined);
  assert.equal((await state()).end, 'failed (exit code 3)');
});

// Each look of the runner lists all processes, and each card asks once a second.
test('a card shows UTF-16 that a byte order mark names, and the other stream in UTF-8', async (t) => {
  const { manager, connect } = await open(t);
  const client = await connect(UI);
  const script = join(scratchFolder(t), 'print.cjs');
  // The end of the log is at an odd cursor, so the end that a card gets begins in the middle of a unit.
  writeFileSync(
    script,
    `const { writeSync } = require('node:fs');
    writeSync(1, Buffer.from('\ufeff' + '漢é\\n'.repeat(3000) + '日\\n', 'utf16le'));
    writeSync(2, 'ü!\\n\\n');`,
  );
  const { job } = await manager.start({
    command: `'${process.execPath}' '${script}'`,
    mergeStderr: false,
    startedBy: { kind: 'agent' },
  });
  await eventually('it has ended', () => manager.jobs.get(job.id).endedAt !== undefined);
  assert.equal(manager.logs.endOf(job.id) % 2, 1);
  const { structuredContent } = await call(client, 'job_card_state', { job_id: job.id });
  const tail = String(structuredContent?.tail);
  assert.ok(tail.endsWith('漢é\n漢é\n日\nü!\n\n'), tail.slice(-40));
  assert.match(tail, /^[漢é\n日ü!]*$/);
});

test('a card that needs no ports, of a job that has printed, takes no look at processes', async (t) => {
  const { manager, connect } = await open(t);
  const client = await connect(UI);
  const id = await start(client, manager, 'echo some; exec sleep 100');
  const link = manager.jobs.linkOf(manager.jobs.get(id))!;
  const looks: string[] = [];
  for (const name of ['inspect', 'inputState'] as const) {
    const look = link[name].bind(link) as () => Promise<never>;
    t.mock.method(link, name, () => {
      looks.push(name);
      return look();
    });
  }
  const state = async (args: object): Promise<Readonly<Record<string, unknown>>> =>
    (await call(client, 'job_card_state', { job_id: id, ...args })).structuredContent!;
  await untilPrinted(manager, id, 'some');
  const { ports, tail, waitsFor } = await state({ printed: 0, ports: false });
  assert.deepEqual([ports, tail, waitsFor, looks], [undefined, 'some\n', undefined, []]);
  // Not while it has just printed.
  await eventually('it looks whether the job waits', async () => {
    await state({ printed: 5, ports: false });
    return looks.length > 0;
  });
  await state({ printed: 0 });
  assert.deepEqual(looks, ['inputState', 'inspect']);
});

test('answers a card with JSON, and leaves requests that the SDK would refuse to the SDK', async (t) => {
  const { endpoint, manager } = await open(t);
  const client = new RawClient(endpoint);
  const params = {
    ...{ protocolVersion: '2025-11-25', capabilities: UI },
    clientInfo: { name: 'raw', version: '1' },
  };
  const opened = await client.send({ body: client.message('initialize', params) });
  client.session = String(opened.headers['mcp-session-id']);
  await client.call('execute', { command: 'exec sleep 100', name: 'job' });
  const { id } = manager.jobs.get('job');
  const body = (): object => client.toolCall('job_card_state', { job_id: id });
  const types = async (headers: Record<string, string>): Promise<unknown[]> => {
    const { status, headers: received } = await client.send({ body: body(), headers });
    return [status, received['content-type']];
  };
  assert.deepEqual(await types({}), [200, 'application/json']);
  assert.deepEqual(await types({ accept: 'text/event-stream' }), [406, 'application/json']);
  assert.deepEqual(await types({ 'mcp-protocol-version': '1999-01-01' }), [400, 'application/json']);
  // A client without cards has no such tool.
  const plain = new RawClient(endpoint);
  await plain.initialize();
  const { messages } = await plain.send({ body: body() });
  assert.match(messages[0]?.error?.message ?? '', /There is no tool "job_card_state"/);
});

test('refuses what does not fit, and acts on whole ids only', async (t) => {
  const { manager, connect } = await open(t);
  const client = await connect(UI);
  const id = await start(client, manager, 'sleep 100');
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ job_id: 'job', action: 'kill' }, /job_id/],
    [{ job_id: id.slice(0, 8), action: 'kill' }, /job_id/],
    [{ job_id: id, action: 'remove' }, /action/],
    [{ job_id: id, action: 'open' }, /no editor/],
    [{ job_id: id, action: 'input', text: 'x'.repeat(5000) }, /text/],
    [{ job_id: crypto.randomUUID(), action: 'kill' }, /There is no job/],
  ];
  for (const [args, words] of wrong) {
    const { isError, content } = await call(client, 'job_card_action', args);
    assert.equal(isError, true);
    assert.match(content[0]!.text, words);
  }
  assert.equal(manager.jobs.get(id).status, 'running');
});

test('the policy applies to input and restarts from a card', async (t) => {
  let denied: string[] = [];
  const { manager, connect } = await open(t, {
    settings: () => ({
      limits: DEFAULT_LIMITS,
      shell: '/bin/sh',
      cwd: process.cwd(),
      commandLists: {
        allowed: { name: 'allowed', patterns: [] },
        denied: { name: 'denied', patterns: denied },
      },
    }),
  });
  const client = await connect(UI);
  const id = await start(client, manager, 'sh');
  denied = ['^sh$'];
  const act = (action: string, text?: string): Promise<Result> =>
    call(client, 'job_card_action', { job_id: id, action, ...(text !== undefined && { text }) });
  const input = await act('input', 'touch x');
  assert.equal(input.isError, true);
  assert.match(input.content[0]!.text, /command policy refuses "sh"/);
  const restart = await act('restart');
  assert.equal(restart.isError, true);
  assert.match(restart.content[0]!.text, /command policy refuses/);
  assert.equal(manager.jobs.get(id).status, 'running');
});

test('a card shows no text that the user typed into a hidden prompt', async (t) => {
  const { manager, connect } = await open(t);
  const client = await connect(UI);
  const command = String.raw`read a; printf 'plain %s\n' "$a"; printf 'colored \033[31mhunter\033[32m22\033[0m\n'; printf 'xunter22\rh\n';
    head -c 20000 /dev/zero | tr '\0' .; printf 'long %s end' "$a"; read b; printf '\n%s%s\n' "$a" "$(head -c 8182 /dev/zero | tr '\0' .)"; echo last; read c`;
  const id = await start(client, manager, command);
  const state = async (): Promise<string> =>
    String((await call(client, 'job_card_state', { job_id: id })).structuredContent!.tail);
  await manager.input.writeHidden(id, 'hunter22');
  let tail = '';
  while (!tail.endsWith(' end')) tail = await state();
  const shown = (text: string): string =>
    terminalLines(text, MAX_LINES)
      .map((line) => line.map((piece) => piece.text).join(''))
      .join('\n');
  assert.doesNotMatch(shown(tail), /hunter|unter22/);
  assert.match(tail, /long \*{4} end$/);
  // The window begins in the middle of the secret.
  await manager.input.write(id, 'go\n', false, 'person');
  while (!tail.endsWith('last\n')) tail = await state();
  assert.doesNotMatch(tail, /er22|hunt/);
});

test('a card sends no input while the job asks for a secret', async (t) => {
  const { manager, connect } = await open(t);
  const client = await connect(UI);
  await call(client, 'execute', { command: 'stty -echo; read x; echo "got $x"', name: 'job', tty: true });
  const { id } = manager.jobs.get('job');
  while ((await call(client, 'job_card_state', { job_id: id })).structuredContent!.waitsFor !== 'secret');
  const refused = await call(client, 'job_card_action', { job_id: id, action: 'input', text: 'hunter22' });
  assert.equal(refused.isError, true);
  assert.match(refused.content[0]!.text, /asks for a secret\. Run it in a terminal instead\./);
  assert.equal((await call(client, 'job_card_state', { job_id: id })).structuredContent!.printed, 0);
});
