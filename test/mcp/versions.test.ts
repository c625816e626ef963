// The requested version of the protocol is used over both transports, with the same tools.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestEndpoint } from '../support/endpoint.ts';
import { LATEST_VERSION, type RawMessage } from '../support/raw-client.ts';
import { openRawStdio } from '../support/raw-stdio.ts';

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
    assert.match(await raw.call('execute', { command: 'echo hi', wait_s: 20 }), /\nhi\n/);
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

test('a client that starts without a handshake, as in 2026-07-28, gets an error that lets it fall back', async (t) => {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  // Neither is an error by which such a client recognizes a server of the new revision.
  const { ask, initialize } = openRawStdio(t);
  assert.equal((await ask('server/discover', { _meta })).error?.code, -32601);
  assert.equal((await initialize()).result?.protocolVersion, LATEST_VERSION);
  const { client } = await openTestEndpoint(t);
  const raw = client();
  const headers = { 'mcp-protocol-version': '2026-07-28' };
  const { status, messages } = await raw.send({ headers, body: raw.message('tools/list', { _meta }) });
  assert.deepEqual([status, messages[0]?.error?.code], [400, -32000]);
  assert.equal((await raw.initialize()).status, 200);
});
