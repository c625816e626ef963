// Lines that are not a message, or that hold several.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { windowsFolder } from '../../src/mcp/attach/attach-paths.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { LATEST_VERSION } from '../support/raw-client.ts';
import { openRawStdio } from '../support/raw-stdio.ts';

// Promise: malformed-requests, client-limits
test('answers an invalid line with the reason, and the session continues', async (t) => {
  const { write, next, ask, initialize } = openRawStdio(t);
  await initialize();
  const lines: [string | Buffer, number, RegExp, unknown][] = [
    ['{\n', -32700, /not valid JSON/, null],
    [Buffer.from('{"a":"\xff"}\n', 'latin1'), -32700, /UTF-8/, null],
    [`${'['.repeat(1e6)}\n`, -32700, /nested deeper than 64 levels/, null],
    [`"${'x'.repeat(11 * 1024 * 1024)}"\n`, -32600, /larger than 10485760 bytes. Send less/, null],
    ['[]\n', -32600, /batch is empty/, null],
    ['5\n', -32600, /not a JSON-RPC message/, null],
    ['{"id":7,"method":"ping"}\n', -32600, /not a JSON-RPC message/, 7],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}\n', -32600, /not a JSON-RPC message/, null],
  ];
  for (const [line, code, words, id] of lines) {
    write(line);
    const { error, id: given } = await next();
    assert.equal(error?.code, code, String(line).slice(0, 80));
    assert.match(error.message, words);
    assert.equal(given, id);
  }
  write('\n \r\n');
  // A line of exactly the maximum size is accepted.
  const long = { name: 'execute', arguments: { command: `#${'["'.repeat(3 * 1024 * 1024)}` } };
  assert.match(JSON.stringify((await ask('tools/call', long)).result), /Error: The command/);
  assert.deepEqual((await ask('ping')).result, {});
});

const NAME = { name: 'id', value: 'x' };

test('reports invalid params as such, and not as an error of the server', async (t) => {
  const { ask, initialize } = openRawStdio(t);
  await initialize();
  const wrong: [string, unknown, RegExp][] = [
    ['resources/read', {}, /"uri" is missing/],
    ['resources/read', { uri: 5 }, /"uri" is wrong: pass text, not a number/],
    ['resources/list', { cursor: {} }, /"cursor" is wrong/],
    ['resources/subscribe', undefined, /params are missing/],
    ['completion/complete', { argument: 1 }, /"argument" is wrong/],
    [
      'completion/complete',
      { ref: { type: 'ref/resource', uri: 5 }, argument: NAME },
      /"ref.uri" is wrong: pass text/,
    ],
    [
      'completion/complete',
      { ref: { type: 'x' }, argument: NAME },
      /"ref.type" is wrong: pass "ref\/resource"\./,
    ],
    ['completion/complete', { argument: NAME }, /"ref" is missing/],
    ['resources/list', { cursor: 'zz' }, /cursor is no longer valid/],
    ['resources/templates/list', { cursor: 'zz' }, /cursor is no longer valid/],
    ['tools/list', { cursor: 'zz' }, /cursor is no longer valid/],
    ['logging/setLevel', { level: 'loud' }, /"level" is wrong/],
    ['tools/call', { name: 5 }, /name/],
  ];
  for (const [method, params, words] of wrong) {
    const { error } = await ask(method, params);
    assert.equal(error?.code, -32602, method);
    assert.match(error.message, words);
  }
  // Some clients send an empty cursor for none.
  for (const method of ['tools/list', 'resources/list', 'resources/templates/list'])
    assert.deepEqual((await ask(method, { cursor: '' })).result, (await ask(method)).result);
  const ref = { type: 'ref/resource', uri: 'job://{id}' };
  const { result } = await ask('completion/complete', { ref, argument: NAME });
  assert.deepEqual(result?.completion, { values: [], total: 0, hasMore: false });
});

/** Params that are no object or have a wrong `_meta`, and what the error says. */
const MALFORMED: [unknown, RegExp][] = [
  [[], /^The params are wrong: pass an object, not a list\./],
  ['x', /^The params are wrong: pass an object, not text\./],
  [5, /^The params are wrong: pass an object, not a number\./],
  [true, /^The params are wrong: pass an object, not true or false\./],
  [{ _meta: 5 }, /"_meta" is wrong: pass an object, not a number\./],
  [{ _meta: { progressToken: {} } }, /"_meta.progressToken" is wrong: pass text or a/],
];

test('names what is wrong with params that are no object, for each method and era', async (t) => {
  const { ask, initialize } = openRawStdio(t);
  const check = async (method: string): Promise<void> => {
    for (const [params, words] of MALFORMED) {
      const { error } = await ask(method, params);
      assert.equal(error?.code, -32602, `${method} ${JSON.stringify(params)}`);
      assert.match(error.message, words);
      if (method === 'initialize') assert.match(error.message, /Send protocolVersion/);
    }
  };
  await check('initialize');
  await initialize();
  for (const method of ['ping', 'tools/list', 'tools/call', 'no/such', 'server/discover'])
    await check(method);
});

test('answers no notification, whatever its params are', async (t) => {
  const { write, next, initialize } = openRawStdio(t);
  await initialize();
  const methods = ['notifications/initialized', 'notifications/cancelled', 'no/such'];
  for (const method of methods) for (const [params] of MALFORMED) write({ jsonrpc: '2.0', method, params });
  write({ jsonrpc: '2.0', id: 'last', method: 'ping' });
  assert.equal((await next()).id, 'last');
});

test('names what is wrong with the params before a window is found, too', async (t) => {
  const { ask } = openRawStdio(t, [`--attach=${windowsFolder(storageFolder(t))}`]);
  const { error } = await ask('ping', []);
  assert.equal(error?.code, -32602);
  assert.match(error.message, /pass an object, not a list/);
});

test('answers a batch as one, without its cancelled calls', async (t) => {
  const { write, next, ask, initialize } = openRawStdio(t);
  await initialize('2025-03-26');
  const call = (id: string, args: object): object => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: 'execute', arguments: args },
  });
  const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'sleep' } };
  write([
    { jsonrpc: '2.0', id: 1, method: 'ping' },
    call('echo', { command: 'echo hi', wait_s: 45 }),
    call('sleep', { command: 'exec sleep 100', wait_s: 40, name: 'sleep' }),
    cancel,
  ]);
  let answers: unknown = await next();
  // Notifications are not part of a batch.
  while (!Array.isArray(answers)) answers = await next();
  const ids = (answers as { id: unknown }[]).map(({ id }) => id);
  assert.deepEqual(ids.sort(), ['echo', 1].sort());
  assert.match(JSON.stringify(answers), /\\nhi\\n/);
  // Only the call was cancelled, not the job.
  const { result } = await ask('tools/call', { name: 'status', arguments: { job_id: 'sleep' } });
  assert.match(JSON.stringify(result), /status=running/);
});

test('answers what a script has written before it closed its end, also a last line without an end', async (t) => {
  const { server, write } = openRawStdio(t);
  const exited = once(server, 'exit');
  const output = text(server.stdout);
  const request = (id: number, method: string, params: object): void =>
    write({ jsonrpc: '2.0', id, method, params });
  const clientInfo = { name: 'script', version: '1' };
  request(1, 'initialize', { protocolVersion: LATEST_VERSION, capabilities: {}, clientInfo });
  write({ jsonrpc: '2.0', method: 'notifications/initialized' });
  request(2, 'tools/call', { name: 'list', arguments: {} });
  // It takes longer than the server waits.
  request(3, 'tools/call', { name: 'execute', arguments: { command: 'exec sleep 1000', wait_s: 50 } });
  write('{"jsonrpc":"2.0","id":4,"method":"ping"}');
  server.stdin.end();
  const answers = (await output)
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id?: number }).id);
  assert.deepEqual(answers.filter((id) => id !== undefined && id !== 3).sort(), [1, 2, 4]);
  assert.deepEqual(await exited, [0, null]);
});
