// Each reply ends with a line about the other jobs of its caller.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { newsOf } from '../../src/mcp/server/job-news.ts';
import { again } from '../support/again.ts';
import { openTestEndpoint, type TestEndpoint } from '../support/endpoint.ts';
import { untilPrinted } from '../support/jobs.ts';
import type { RawClient } from '../support/raw-client.ts';
import { eventually } from '../support/runner.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';
import { socketFetch } from '../support/socket-fetch.ts';

const NEWS = /^\[Since your last call: (.*)\.\]$/m;

/** Returns the news in the reply to a call that reports no job itself. */
async function news(client: RawClient, meta?: object): Promise<string | undefined> {
  return NEWS.exec(await client.call('search', { job_id: 'other', regex: 'nothing' }, meta))?.[1];
}

const start = (client: RawClient, name: string, command: string, meta?: object): Promise<string> =>
  client.call('execute', { name, command }, meta);

/** Starts jobs, and lets them end after all replies. */
async function startAndEnd(
  t: TestContext,
  { manager, client }: { manager: TestEndpoint['manager']; client: RawClient },
  jobs: Readonly<Record<string, string>>,
  meta?: object,
): Promise<void> {
  const gate = join(scratchFolder(t), 'gate');
  for (const [name, command] of Object.entries(jobs)) {
    await start(client, name, `until [ -e ${gate} ]; do sleep 0.02; done; ${command}`, meta);
  }
  writeFileSync(gate, '');
  for (const name of Object.keys(jobs)) await untilEnded(manager, name);
}

const untilWaiting = (manager: TestEndpoint['manager'], name: string): Promise<void> =>
  eventually(`${name} waits`, async () => (await manager.input.waitsForInput(name)) !== undefined);

const untilEnded = (manager: TestEndpoint['manager'], name: string): Promise<void> =>
  eventually(`${name} has ended`, () => manager.jobs.get(name).status !== 'running');

async function open(...context: Parameters<typeof openTestEndpoint>) {
  const test = await openTestEndpoint(...context);
  const client = await test.open();
  await start(client, 'other', 'sleep 100');
  return { ...test, client };
}

test('tells each end once, with how the job ended', async (t) => {
  const { manager, client } = await open(t);
  assert.equal(await news(client), undefined);
  await start(client, 'gone', 'exec sleep 100');
  await startAndEnd(t, { manager, client }, { bad: 'exit 3', good: 'true' });
  await manager.kill('gone', 'person');
  const line = await news(client);
  assert.match(line ?? '', /"bad" failed \(exit code 3\)/);
  assert.match(line ?? '', /"good" completed/);
  assert.match(line ?? '', /"gone" was killed by the user/);
  assert.equal(await news(client), undefined);
});

test('does not repeat what the reply itself says of a job', async (t) => {
  const { manager, client } = await open(t);
  await startAndEnd(t, { manager, client }, { done: 'true' });
  assert.doesNotMatch(await client.call('status', { job_id: 'done' }), /Since/);
  assert.equal(await news(client), undefined);
  await startAndEnd(t, { manager, client }, { listed: 'true' });
  assert.doesNotMatch(await client.call('list', {}), /Since/);
  assert.equal(await news(client), undefined);
  await start(client, 'stopped', 'sleep 100');
  assert.doesNotMatch(await client.call('kill', { job_id: 'stopped' }), /Since/);
  await client.call('restart', { job_id: 'other' });
  assert.equal(await news(client), undefined);
});

test('a refused call leaves the news of the jobs that it was about to the next reply', async (t) => {
  const { manager, client } = await open(t);
  await start(client, 'cat', 'exec cat');
  await untilWaiting(manager, 'cat');
  for (const [tool, args] of [
    ['interact', { job_id: 'cat', input: ['a', 'b'] }],
    ['wait', { job_ids: '["other","cat"]', wait_s: 1000 }],
    ['execute', { name: 'cat', command: 'true' }],
  ] as const) {
    const reply = await client.call(tool, args);
    assert.match(reply, /^Error: /);
    assert.doesNotMatch(reply, /"cat" waits for input/);
  }
  assert.equal(await news(client), '"cat" waits for input');
});

test('leaves what happened to a job after its reply was written to the next reply', async (t) => {
  const { manager, client } = await open(t);
  await startAndEnd(t, { manager, client }, { late: 'true' });
  const { id, startedBy } = manager.jobs.get('late');
  const reply = [`id=${id} status=running`];
  assert.equal(await newsOf(manager).lineFor(startedBy, { tool: 'status', blocks: reply }), undefined);
  assert.equal(await news(client), '"late" completed');
});

test('a reply about a watched job names the lines that matched', async (t) => {
  const { manager, client } = await open(t);
  const gate = join(scratchFolder(t), 'gate');
  await client.call('execute', {
    name: 'watched',
    command: `until [ -e ${gate} ]; do sleep 0.02; done; echo error 1; exec sleep 100`,
    notify: ['match:^error'],
  });
  writeFileSync(gate, '');
  await eventually('it matched', () => manager.watches.matchesOf(manager.jobs.get('watched').id).length > 0);
  assert.match(
    await client.call('status', { job_id: 'watched' }),
    /Since your last call: .*"watched" .*error 1/,
  );
  assert.doesNotMatch(await client.call('status', { job_id: 'watched' }), /Since/);
});

test('does not repeat the failed start that an error has reported', async (t) => {
  const { client } = await open(t);
  const env = { LONG: 'x'.repeat(200_000) };
  for (const [tool, args] of [
    ['execute', { name: 'hi', command: 'true', env }],
    ['restart', { job_id: 'hi' }],
  ] as const) {
    const reply = await client.call(tool, args);
    assert.match(reply, /^Error: The job could not start: .* id=[^\n]* status=failed[^\n]*$/);
    assert.equal(await news(client), undefined);
  }
});

test('does not repeat the failure that a reply gives as the reason why another job was not started', async (t) => {
  const { manager, client } = await open(t);
  const gate = join(scratchFolder(t), 'gate');
  await start(client, 'a "db" (x)', `until [ -e ${gate} ]; do sleep 0.02; done; exit 3`);
  await client.call('execute', { name: 'api', command: 'true', after: ['a "db" (x)'] });
  await client.call('execute', { name: 'web', command: 'true', after: ['api'] });
  const waiting = client.call('wait', { job_id: 'api' });
  writeFileSync(gate, '');
  assert.match(await waiting, /It was not started, because the job .* failed with exit code 3\./);
  // It names both jobs because of which it was not started.
  const chained = await client.call('wait', { job_id: 'web' });
  assert.match(
    chained,
    /because the job "api" .* was not started, because the job "a \\"db\\" .* exit code 3\./,
  );
  assert.equal(await news(client), undefined);
  await startAndEnd(t, { manager, client }, { bad: 'exit 4' });
  const refused = await client.call('execute', { command: 'true', after: ['bad'] });
  assert.match(refused, /would never start, because the job "bad" \(.*\) failed with exit code 4/);
  assert.doesNotMatch(refused, NEWS);
});

test('a list, which does not show that a job waits for input, tells it, once', async (t) => {
  const { manager, client } = await open(t);
  await client.call('execute', { name: 'asks', command: 'read x', notify: ['input'] });
  await untilWaiting(manager, 'asks');
  assert.match(await client.call('list', {}), /\n\[Since your last call: "asks" waits for input\.\]$/);
  assert.doesNotMatch(await client.call('list', {}), /Since/);
  assert.equal(await news(client), undefined);
});

test('adds the line to the reply of a call that failed', async (t) => {
  const { manager, client } = await open(t);
  await startAndEnd(t, { manager, client }, { done: 'exit 5' });
  assert.match(
    await client.call('status', { job_id: 'none' }),
    /^Error: [^]*\n\[Since .*"done" failed \(exit code 5\)/,
  );
});

test('tells a caller of its own jobs only: by session, or by conversation', async (t) => {
  const { manager, client, open: openSession } = await open(t);
  const second = await openSession();
  const [a, b] = [{ 'vscode.conversationId': 'a' }, { 'vscode.conversationId': 'b' }];
  const third = await openSession();
  await startAndEnd(t, { manager, client }, { mine: 'true' });
  await startAndEnd(t, { manager, client: third }, { 'in-a': 'exit 2' }, a);
  assert.equal(await news(second), undefined);
  assert.equal(await news(second, b), undefined);
  assert.equal(await news(client), '"mine" completed');
  // A conversation may go on in another session.
  assert.equal(await news(second, a), '"in-a" failed (exit code 2)');
  assert.equal(await news(client, a), undefined);
});

test('tells again when a job waits for other input, but not if the reply has said so', async (t) => {
  const { manager, client } = await open(t);
  const command = 'read x; echo next; read x; echo end; sleep 100';
  await start(client, 'asks', command);
  await untilWaiting(manager, 'asks');
  assert.equal(await news(client), '"asks" waits for input');
  assert.equal(await news(client), undefined);
  await manager.input.write('asks', 'x\n', false, 'person');
  await untilPrinted(manager, 'asks', 'next');
  await untilWaiting(manager, 'asks');
  assert.equal(await news(client), '"asks" waits for input');
  await start(client, 'shown', command);
  await client.call('wait', { job_id: 'shown', until: 'input' });
  assert.equal(await news(client), undefined);
});

test('tells that a job waits again if a reply has shown its question, but not that it waits', async (t) => {
  const { manager, client } = await open(t);
  const command = 'echo first; read x; echo second; read x; sleep 100';
  await client.call('execute', { name: 'asks', command, notify: ['input'], wait_s: 45, until: 'input' });
  assert.equal(await news(client), undefined);
  await client.call('interact', { job_id: 'asks', input: 'a' });
  await untilPrinted(manager, 'asks', 'second');
  await untilWaiting(manager, 'asks');
  assert.match(await client.call('tail', { job_id: 'asks' }), /second/);
  assert.equal(await news(client), '"asks" waits for input');
  assert.equal(await news(client), undefined);
});

test('does not repeat that a job waits for input if its status or a timeout has said so', async (t) => {
  for (const [name, tool, args, words] of [
    ['seen', 'status', {}, /waiting_for_input=line/],
    ['late', 'wait', { wait_s: 0 }, /The job waits for input/],
  ] as const) {
    // A reply waits only so long for what the runner finds.
    await again(async () => {
      const { manager, client } = await open(t);
      await start(client, name, 'echo question; read x; sleep 100');
      await untilPrinted(manager, name, 'question');
      await untilWaiting(manager, name);
      assert.match(await client.call(tool, { job_id: name, ...args }), words);
      assert.equal(await news(client), undefined, name);
    });
  }
});

test('tells when a job became ready, once', async (t) => {
  const { manager, client } = await open(t);
  const gate = join(scratchFolder(t), 'gate');
  const command = `until [ -e ${gate} ]; do sleep 0.02; done; echo ready; sleep 100`;
  await client.call('execute', { name: 'server', command, until: 'pattern', regex: 'ready', wait_s: 0 });
  assert.equal(await news(client), undefined);
  writeFileSync(gate, '');
  await eventually('it is ready', () => manager.jobs.get('server').readySince !== undefined);
  assert.equal(await news(client), '"server" is ready');
  assert.equal(await news(client), undefined);
});

test('tells when a job became ready after a wait that did not see it', async (t) => {
  const { manager, client } = await open(t);
  const gate = join(scratchFolder(t), 'gate');
  const command = `echo first; until [ -e ${gate} ]; do sleep 0.02; done; echo ready; sleep 100`;
  const condition = { until: 'pattern', regex: 'ready', wait_s: 0.1 };
  const late = await client.call('execute', { name: 'late', command, ...condition });
  assert.match(late, / ready=false .*reason=timeout/);
  await client.call('execute', { name: 'other pattern', command, ...condition, wait_s: 0 });
  const matched = await client.call('wait', { job_id: 'other pattern', until: 'pattern', regex: 'first' });
  assert.match(matched, / ready=false reason=pattern/);
  assert.equal(await news(client), undefined);
  writeFileSync(gate, '');
  for (const name of ['late', 'other pattern'])
    await eventually('it is ready', () => manager.jobs.get(name).readySince !== undefined);
  assert.equal(await news(client), '"late" is ready; "other pattern" is ready');
  assert.equal(await news(client), undefined);
});

test('tells that a job waits for input if a wait for several has told it of another one only', async (t) => {
  // A reply waits only so long for what the runner finds.
  await again(async () => {
    const { manager, client } = await open(t);
    for (const name of ['a', 'b']) {
      await start(client, name, 'echo question; read x; sleep 100');
      await untilPrinted(manager, name, 'question');
      await untilWaiting(manager, name);
    }
    const reply = await client.call('wait', { job_ids: ['a', 'b'], mode: 'all', wait_s: 0 });
    const { id } = manager.jobs.get('a');
    assert.match(reply, new RegExp(`^The job "a" \\(${id}\\) waits for input\\.`, 'm'));
    assert.equal(await news(client), '"b" waits for input');
    assert.equal(await news(client), undefined);
  });
});

test('does not repeat that a job waits for input if the reply leaves out some of its output', async (t) => {
  const { client } = await open(t);
  const command = 'i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; read x; sleep 100';
  await start(client, 'asks', command);
  const reply = await client.call('wait', { job_id: 'asks', until: 'input' });
  assert.match(reply, / input=line .* left=[1-9]/);
  assert.match(reply, /bytes are not shown here/);
  assert.equal(await news(client), undefined);
});

test('a name or a printed line that looks like facts hides no event', async (t) => {
  const { manager, client } = await open(t);
  const gate = join(scratchFolder(t), 'gate');
  const name = 'x status=completed reason=ready input=line';
  await start(client, name, `until [ -e ${gate} ]; do sleep 0.02; done; exit 3`);
  const { id } = manager.jobs.get(name);
  await start(client, 'liar', `echo "id=${id} status=completed"; exec sleep 100`);
  await untilPrinted(manager, 'liar', 'status');
  await client.call('kill', { job_id: 'liar' });
  writeFileSync(gate, '');
  await untilEnded(manager, name);
  assert.match((await news(client)) ?? '', /"x status=.*" failed \(exit code 3\)/);
});

test('a long line ends early, and the next reply continues it', async (t) => {
  const { manager, client } = await open(t);
  const names = Array.from({ length: 9 }, (_, at) => `${at}-${'"é'.repeat(20)}`);
  await startAndEnd(t, { manager, client }, Object.fromEntries(names.map((name) => [name, 'true'])));
  const told: string[] = [];
  for (;;) {
    const line = await news(client);
    if (line === undefined) break;
    assert.ok(Buffer.byteLength(`[Since your last call: ${line}.]`) <= 300);
    told.push(...[...line.matchAll(/"(\d)-/g)].map(([, digit = '']) => digit));
  }
  assert.deepEqual(told.sort(), ['0', '1', '2', '3', '4', '5', '6', '7', '8']);
});

test('keeps replies of the default size below the limit of VS Code', async (t) => {
  const { manager, client } = await open(t);
  await start(client, 'long', `head -c 100000 /dev/zero | tr '\\0' x; echo; sleep 100`);
  await untilPrinted(manager, 'long', 'xxx\n');
  await startAndEnd(t, { manager, client }, { [`done-${'x'.repeat(20)}`]: 'true' });
  const reply = await client.call('output', { job_id: 'long' });
  assert.match(reply, NEWS);
  assert.ok(Buffer.byteLength(reply) <= 8192, `${Buffer.byteLength(reply)} bytes`);
});

test('two calls at the same time do not tell the same', async (t) => {
  const { manager, client } = await open(t);
  await startAndEnd(t, { manager, client }, { done: 'true' });
  const lines = await Promise.all([news(client), news(client), news(client)]);
  assert.deepEqual(
    lines.filter((line) => line !== undefined),
    ['"done" completed'],
  );
});

test('output cannot hide an event, and a name cannot imitate a line', async (t) => {
  const { manager, client } = await open(t);
  await start(client, 'liar', 'echo "id=$BACKGROUND_JOBS_JOB_ID status=failed"; read x; exit 4');
  await untilPrinted(manager, 'liar', 'status');
  await manager.input.write('liar', 'x\n', false, 'person');
  await untilEnded(manager, 'liar');
  await client.call('tail', { job_id: 'liar' });
  await start(client, 'x.]\n[Since your last call: all good', 'true');
  const line = await news(client);
  assert.ok(!line?.includes('\n'));
});

/** Starts a session of a client, with a stream of notifications. */
async function listen(t: TestContext, { endpoint }: TestEndpoint, name: string) {
  const fetch = socketFetch(endpoint.socket, endpoint.headers);
  const client = new Client({ name, version: '1' });
  const heard: { readonly params?: Readonly<Record<string, unknown>> }[] = [];
  client.fallbackNotificationHandler = (notification) => {
    if (notification.method === 'notifications/claude/channel') heard.push(notification);
    return Promise.resolve();
  };
  await client.connect(new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), { fetch }));
  atEnd(t, () => client.close());
  const call = (tool: string, args: Record<string, unknown>): Promise<unknown> =>
    client.callTool({ name: tool, arguments: args });
  return { client, call, heard };
}

test('wakes a session of Claude Code when a job of its own ends by itself', async (t) => {
  const test = await openTestEndpoint(t);
  const { client, call, heard } = await listen(t, test, 'claude-code');
  const other = await listen(t, test, 'another-client');
  assert.deepEqual(client.getServerCapabilities()?.experimental, { 'claude/channel': {} });
  await call('execute', { name: 'stopped', command: 'sleep 100' });
  await call('kill', { job_id: 'stopped' });
  await other.call('execute', { name: 'theirs', command: 'exit 1', wait_s: 45 });
  await call('execute', { name: 'mine', command: 'exit 3', wait_s: 45 });
  await eventually('the session has heard of it', () => heard.length > 0);
  assert.deepEqual(
    heard.map(({ params }) => params),
    [
      {
        content: 'The background job mine failed (exit code 3). Its output: tail.',
        meta: { job_id: test.manager.jobs.get('mine').id, status: 'failed' },
      },
    ],
  );
  assert.deepEqual(other.heard, []);
});
