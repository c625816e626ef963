// What it costs an agent, in bytes of requests and replies, to start a database, an API and a web server in order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSession } from '../support/mcp-session.ts';
import { freePort } from './support/servers.ts';

/** What PostgreSQL 16 prints as it starts. */
const DATABASE_LOG = [
  'starting PostgreSQL 16.4 on x86_64-pc-linux-gnu, compiled by gcc 12.2.0, 64-bit',
  'listening on IPv4 address "127.0.0.1", port 5432',
  'listening on Unix socket "/tmp/.s.PGSQL.5432"',
  'database system was shut down at 2026-11-28 12:00:00 UTC',
  'database system is ready to accept connections',
].map((line) => `2026-11-28 12:00:01.042 UTC [1] LOG:  ${line}`);
const API_LOG = [
  '> api@1.0.0 dev',
  '> node --watch src/main.js',
  '',
  '{"level":30,"time":1795867201042,"pid":1,"msg":"migrations are up to date"}',
  '{"level":30,"time":1795867201142,"pid":1,"msg":"Server listening at http://127.0.0.1:3000"}',
];
const WEB_LOG = [
  '> web@1.0.0 dev',
  '> vite',
  '',
  '  VITE v8.3.8  ready in 953 ms',
  '',
  '  ➜  Local:   http://localhost:5173/',
  '  ➜  Network: use --host to expose',
];

function printing(lines: readonly string[], then: string): string {
  return `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')}; ${then}`;
}

test('three services in order take at most half the bytes of reading each log', async (t) => {
  const port = await freePort();
  const server = `require('net').createServer((socket) => socket.destroy()).listen(${port})`;
  const node = JSON.stringify(process.execPath);
  // A model writes short commands. What they print comes from their environment, which does not count.
  const env = {
    DB: printing(DATABASE_LOG, `exec ${node} -e "${server}"`),
    API: printing(API_LOG, 'exec sleep 100'),
    WEB: printing(WEB_LOG, 'exec sleep 100'),
  };

  /** Makes calls one after another. @returns the bytes of requests and replies, and the last reply */
  const run = async (
    calls: readonly (readonly [tool: string, args: Readonly<Record<string, unknown>>])[],
  ): Promise<number> => {
    const session = await openSession(t, { env });
    let bytes = 0;
    for (const [tool, args] of calls) {
      const reply = await session.call(tool, args);
      assert.equal(reply.isError, false, reply.text);
      assert.notEqual(reply.facts.reason, 'timeout');
      bytes += Buffer.byteLength(JSON.stringify({ name: tool, arguments: args }));
      bytes += Buffer.byteLength(reply.text);
    }
    const { text } = await session.call('list');
    for (const name of ['db', 'api', 'web']) assert.match(text, new RegExp(`name=${name} status=running`));
    await session.call('kill', { all: true });
    return bytes;
  };

  const db = { command: 'eval "$DB"', name: 'db' };
  const api = { command: 'eval "$API"', name: 'api' };
  const web = { command: 'eval "$WEB"', name: 'web' };
  const inOrder = await run([
    ['execute', { ...db, port, wait_s: 0 }],
    ['execute', { ...api, after: ['db'], regex: 'listening', wait_s: 0 }],
    ['execute', { ...web, after: ['api'], regex: 'ready' }],
  ]);
  const byLogs = await run([
    ['execute', db],
    ['wait', { job_id: 'db', regex: 'ready to accept' }],
    ['execute', api],
    ['wait', { job_id: 'api', regex: 'listening' }],
    ['execute', web],
    ['wait', { job_id: 'web', regex: 'ready' }],
  ]);
  const waiting = await run([
    ['execute', { ...db, regex: 'ready to accept' }],
    ['execute', { ...api, regex: 'listening' }],
    ['execute', { ...web, regex: 'ready' }],
  ]);
  t.diagnostic(`${inOrder} bytes in order, ${byLogs} by the logs, ${waiting} with a wait in each start`);
  assert.ok(inOrder <= byLogs / 2);
});
