import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually } from '../../test/support/runner.ts';
import { atEnd } from '../../test/support/scratch.ts';
import { LastingSocket } from './self-healing-socket.ts';

const options = { skip: process.platform === 'win32' && 'nobody can remove a named pipe' };

/** A server that sends back what it gets. */
async function open(t: TestContext): Promise<{ server: Server; lasting: LastingSocket; path: string }> {
  const server = createServer((socket) => socket.pipe(socket));
  const lasting = new LastingSocket(server);
  atEnd(t, () => {
    lasting.close();
    server.close();
  });
  return { server, lasting, path: await lasting.listen('s') };
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
  'a socket whose folder was removed is there again, and who was connected goes on',
  options,
  async (t) => {
    const { path } = await open(t);
    const before = await client(t, path);
    for (const gone of [dirname(path), path, dirname(path)]) {
      rmSync(gone, { recursive: true });
      await eventually('it is there again', () => existsSync(path));
      assert.ok(await answers(await client(t, path)));
    }
    assert.ok(await answers(before));
  },
);

test('after its end nothing is left, and nothing comes back', options, async (t) => {
  const { lasting, server, path } = await open(t);
  server.close();
  lasting.close();
  assert.equal(existsSync(dirname(path)), false);
  await new Promise(setImmediate);
  assert.equal(existsSync(dirname(path)), false);
});
