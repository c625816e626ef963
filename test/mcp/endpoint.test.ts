import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { JobManager } from '../../src/jobs/manager.ts';
import type { Endpoint } from '../../src/mcp/transports/http-endpoint.ts';
import { openManager } from '../support/manager.ts';
import { openOwnEndpoint } from '../support/own-endpoint.ts';
import { eventually } from '../support/runner.ts';
import { atEnd, removeUsedFolder } from '../support/scratch.ts';
import { socketFetch } from '../support/socket-fetch.ts';

const URL_ON_SOCKET = 'http://localhost/mcp';

async function open(
  t: TestContext,
): Promise<{ manager: JobManager; endpoint: Endpoint; connect: () => Promise<Client> }> {
  const manager = openManager(t);
  const endpoint = await openOwnEndpoint(manager, '1.2.3');
  atEnd(t, () => endpoint.close());
  const connect = async (): Promise<Client> => {
    const fetch = socketFetch(endpoint.socket, endpoint.headers);
    const client = new Client({ name: 'http-client', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(URL_ON_SOCKET), { fetch }));
    atEnd(t, () => client.close());
    return client;
  };
  return { manager, endpoint, connect };
}

async function text(client: Client, name: string, args: object, meta?: object): Promise<string> {
  const result = await client.callTool({
    name,
    arguments: { ...args },
    ...(meta !== undefined && { _meta: { ...meta } }),
  });
  return (result.content as { text: string }[])[0]!.text;
}

test('a client on the socket lists and calls tools, and two clients share the jobs', async (t) => {
  const { connect } = await open(t);
  const [first, second] = [await connect(), await connect()];
  assert.deepEqual(first.getServerVersion(), { name: 'background-jobs', title: 'Jobs', version: '1.2.3' });
  assert.equal((await first.listTools()).tools.length, 10);
  assert.match(
    await text(first, 'execute', { command: 'echo hi', name: 'x', wait_s: 45 }),
    /status=completed.*\nhi\n/,
  );
  assert.match(await text(second, 'tail', { job_id: 'x' }), /\nhi\n/);
});

// Promise: window-socket-cleaned
test(
  'a session continues after the socket was removed with its folder',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { endpoint, connect } = await open(t);
    const client = await connect();
    removeUsedFolder(dirname(endpoint.socket));
    await eventually('the socket is there again', () => existsSync(endpoint.socket));
    assert.match(await text(client, 'execute', { command: 'echo on', wait_s: 45 }), /\non\n/);
    assert.match(await text(await connect(), 'list', {}), /finished=1/);
  },
);

test('requests without the secret or for another path get nothing', async (t) => {
  const { endpoint } = await open(t);
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  const status = async (headers: Record<string, string>, path = '/mcp'): Promise<number> => {
    const response = await socketFetch(endpoint.socket, headers)(`http://localhost${path}`, {
      method: 'POST',
      body,
    });
    return response.status;
  };
  assert.equal(await status({}), 404);
  const [name = ''] = Object.keys(endpoint.headers);
  assert.equal(await status({ [name]: 'guess' }), 404);
  assert.equal(await status({ ...endpoint.headers }, '/other'), 404);
});

test('an unknown session gets 404, so that the client opens a new one; invalid JSON gets 400, a large body 413', async (t) => {
  const { endpoint } = await open(t);
  const fetch = socketFetch(endpoint.socket, endpoint.headers);
  const post = async (body: string, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(URL_ON_SOCKET, { method: 'POST', body, headers })).status;
  const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  assert.equal(await post(call, { 'mcp-session-id': 'gone' }), 404);
  assert.equal(await post(call), 400);
  assert.equal(await post('{'), 400);
  assert.equal(await post(`"${'x'.repeat(5 * 1024 * 1024)}"`), 413);
});

test('closing a session or the endpoint affects no job', async (t) => {
  const { manager, endpoint, connect } = await open(t);
  const client = await connect();
  await text(client, 'execute', { command: 'sleep 100', name: 'server' });
  await client.close();
  assert.equal(manager.jobs.get('server').status, 'running');
  await endpoint.close();
  assert.equal(manager.jobs.get('server').status, 'running');
  assert.equal(existsSync(dirname(endpoint.socket)), false);
});

// Promise: resent-call
test('a call that is repeated because its answer was lost does not run twice', async (t) => {
  const { manager, connect } = await open(t);
  const meta = { 'vscode.conversationId': 'c', 'vscode.requestId': 'r' };
  const args = { command: 'sleep 100', wait_s: 40 };
  const lost = await connect();
  const first = text(lost, 'execute', args, meta).catch(() => 'lost');
  while (manager.jobs.list().length === 0)
    await new Promise((resolve) => manager.jobs.once('changed', resolve));
  await lost.close();
  assert.equal(await first, 'lost');

  const again = await connect();
  const answer = text(again, 'execute', args, meta);
  await manager.kill(manager.jobs.list()[0]!.id, 'person');
  assert.match(await answer, /status=killed/);
  assert.equal(manager.jobs.list().length, 1);
});

test('an equal call is a new one once its answer arrived', async (t) => {
  const { manager, connect } = await open(t);
  const client = await connect();
  const meta = { 'vscode.conversationId': 'c', 'vscode.requestId': 'r' };
  for (let i = 0; i < 2; i++) await text(client, 'execute', { command: 'true', wait_s: 45 }, meta);
  assert.equal(manager.jobs.list().length, 2);
});

test('too many sessions close idle ones, but not one with a waiting call', async (t) => {
  const { connect } = await open(t);
  const waiting = await connect();
  await text(waiting, 'execute', { command: 'read line; echo "got $line"', name: 'prompt' });
  const answer = text(waiting, 'wait', { job_id: 'prompt', wait_s: 50 });
  const idle = await connect();
  for (let i = 0; i < 70; i++) await connect();
  await assert.rejects(text(idle, 'list', {}), /session/i);
  const last = await connect();
  await text(last, 'interact', { job_id: 'prompt', input: 'yes' });
  assert.match(await answer, /got yes/);
});
