import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { test } from 'node:test';
import { PortCheck } from './port-check.ts';

async function listen(port = 0): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/** The earlier holder of the port leaves it while the processes of the job are inspected, and nobody remembers it. */
async function openLeftPort() {
  const before = await listen();
  const { port } = before.address() as AddressInfo;
  const own: number[] = [];
  const check = new PortCheck({
    port,
    listPorts: async () => {
      if (before.listening) await close(before);
      return own;
    },
    findHolder: async () => undefined,
  });
  return { port, own, check };
}

test('a port that its earlier holder leaves during the check is not that of another process', async (t) => {
  const { port, own, check } = await openLeftPort();
  assert.equal(await check.run(), undefined);
  const server = await listen(port);
  t.after(() => server.close());
  own.push(port);
  assert.deepEqual(await check.run(), { isOwn: true });
});

test('a port that another process opens after its earlier holder left it ends the check', async (t) => {
  const { port, check } = await openLeftPort();
  assert.equal(await check.run(), undefined);
  const server = await listen(port);
  t.after(() => server.close());
  assert.deepEqual(await check.run(), { isOwn: false });
});

test('a port that another process opened after the job started ends the check at once', async (t) => {
  const server = await listen();
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const check = new PortCheck({ port, listPorts: async () => [], findHolder: async () => undefined });
  assert.deepEqual(await check.run(), { isOwn: false });
});
