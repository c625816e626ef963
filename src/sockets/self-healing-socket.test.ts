import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually } from '../../test/support/runner.ts';
import { atEnd } from '../../test/support/scratch.ts';
import { SelfHealingSocket } from './self-healing-socket.ts';

const options = { skip: process.platform === 'win32' && 'a named pipe cannot be removed' };

/** Opens a server that echoes its input. */
async function open(t: TestContext): Promise<{ server: Server; socket: SelfHealingSocket; path: string }> {
  const server = createServer((socket) => socket.pipe(socket));
  const socket = new SelfHealingSocket(server);
  atEnd(t, () => {
    socket.close();
    server.close();
  });
  return { server, socket, path: await socket.listen('s') };
}

async function client(t: TestContext, path: string): Promise<Socket> {
  const socket = connect(path);
  atEnd(t, () => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function answers(socket: Socket): Promise<boolean> {
  socket.write('hello');
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString() === 'hello';
}

// Promise: window-socket-cleaned
test(
  'a socket whose folder was removed comes back, and connected clients notice nothing',
  options,
  async (t) => {
    const { path } = await open(t);
    const before = await client(t, path);
    for (const gone of [dirname(path), path, dirname(path)]) {
      rmSync(gone, { recursive: true });
      await eventually('the socket is back', () => existsSync(path));
      assert.ok(await answers(await client(t, path)));
    }
    assert.ok(await answers(before));
  },
);

test('a closed socket leaves nothing behind, and does not come back', options, async (t) => {
  const { socket, server, path } = await open(t);
  server.close();
  socket.close();
  assert.equal(existsSync(dirname(path)), false);
  await new Promise(setImmediate);
  assert.equal(existsSync(dirname(path)), false);
});
