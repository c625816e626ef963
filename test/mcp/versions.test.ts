// The requested version of the protocol is used over both transports, with the same tools.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestEndpoint } from '../support/endpoint.ts';
import { LATEST_VERSION, type RawMessage } from '../support/raw-client.ts';
import { openRawStdio } from '../support/raw-stdio.ts';
import { sendStateless, statelessRequest } from '../support/stateless-request.ts';

const VERSIONS = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
/** The version in the answer for each requested one. An unknown version gets the newest one we support. */
const NEGOTIATIONS = [
  ...VERSIONS.map((version) => [version, version]),
  ...['2026-07-28', '1999-01-01', '', 'x'].map((version) => [version, LATEST_VERSION]),
];

function checkTools({ result }: RawMessage): void {
  assert.equal((result?.tools as unknown[]).length, 10);
}

for (const [asked = '', answered] of NEGOTIATIONS) {
  test(`over HTTP a client that asks for version "${asked}" gets ${answered}`, async (t) => {
    const { client } = await openTestEndpoint(t);
    const raw = client();
    const { messages } = await raw.initialize(asked);
    assert.equal(messages[0]?.result?.protocolVersion, answered);
    const headers = { 'mcp-protocol-version': answered };
    const list = await raw.send({ headers, body: raw.message('tools/list') });
    checkTools(list.messages[0]!);
    assert.match(await raw.call('execute', { command: 'echo hi', wait_s: 45 }), /\nhi\n/);
  });
}

test('supports each version over stdio', async (t) => {
  await Promise.all(
    NEGOTIATIONS.map(async ([asked, answered]) => {
      const { initialize, ask } = openRawStdio(t);
      assert.equal((await initialize(asked)).result?.protocolVersion, answered, asked);
      checkTools(await ask('tools/list'));
      const { result } = await ask('tools/call', { name: 'list', arguments: {} });
      assert.match(JSON.stringify(result), /running=0/);
    }),
  );
});

/** Params of `initialize` that are refused, and what the error says. */
const REFUSED: readonly (readonly [params: unknown, says: RegExp])[] = [
  [
    { protocolVersion: 5, capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
    /^The parameter "protocolVersion" is wrong: pass text, not a number\. Send protocolVersion \(text, such as "2025-/,
  ],
  [{ protocolVersion: LATEST_VERSION, capabilities: {} }, /^The parameter "clientInfo" is missing\. Send /],
  [
    { protocolVersion: LATEST_VERSION, capabilities: 'all', clientInfo: {} },
    /"capabilities" is wrong.*"clientInfo\.name"/,
  ],
  [undefined, /^The params are missing\. Send /],
];

function checkRefusal({ error }: RawMessage, says: RegExp): void {
  assert.equal(error?.code, -32602);
  assert.match(error.message, says);
}

test('a session is refused with what to send if its first request is wrong', async (t) => {
  const { ask, initialize } = openRawStdio(t);
  const { client } = await openTestEndpoint(t);
  const raw = client();
  for (const [params, says] of REFUSED) {
    checkRefusal(await ask('initialize', params), says);
    const { status, messages } = await raw.send({ body: raw.message('initialize', params) });
    assert.equal(status, 400);
    checkRefusal(messages[0]!, says);
  }
  // The next one is accepted. Then a wrong one is refused as before, and the session continues.
  await initialize();
  await raw.initialize();
  for (const [params, says] of REFUSED) {
    checkRefusal(await ask('initialize', params), says);
    checkRefusal((await raw.send({ body: raw.message('initialize', params) })).messages[0]!, says);
  }
  checkTools(await ask('tools/list'));
  checkTools((await raw.send({ body: raw.message('tools/list') })).messages[0]!);
});

test('a client that starts without a handshake is served without one, and can still initialize a session', async (t) => {
  const list = statelessRequest('first', 'tools/list');
  const { ask, initialize } = openRawStdio(t);
  checkTools(await ask(list.method, list.params));
  assert.equal((await initialize()).result?.protocolVersion, LATEST_VERSION);
  checkTools(await ask('tools/list'));
  const { client } = await openTestEndpoint(t);
  const raw = client();
  checkTools((await sendStateless(raw, list)).messages[0]!);
  assert.equal((await raw.initialize()).status, 200);
  checkTools((await raw.send({ body: raw.message('tools/list') })).messages[0]!);
});
