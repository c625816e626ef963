import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectOn } from '../../src/runner/connection.ts';
import { scratchFolder } from '../support/scratch.ts';

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

test('the other end is killed amid a message: the connection ends, and no timer stays that keeps a process alive', async (t) => {
  const path = join(scratchFolder(t), 's');
  const server = createServer().listen(path);
  t.after(() => server.close());
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect(path);
  const [other] = await accepted;
  const before = timers();
  const connection = connectOn(socket);
  const closed = new Promise<void>((resolve) => connection.onClose(resolve));
  connection.listen();
  const arrived = once(socket, 'data');
  other.write('{"jsonrpc"');
  await arrived;
  other.destroy();
  await closed;
  connection.dispose();
  assert.equal(timers(), before);
});
