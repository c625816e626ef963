import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { NotificationType } from 'vscode-jsonrpc/node';
import { scratchFolder } from '../../test/support/scratch.ts';
import { connectOn } from './message-connection.ts';

const usual = new NotificationType<{ readonly at: number }>('usual');
const direct = new NotificationType<{ readonly at: number }>('direct');

/** Opens a connection with a direct notice. Returns what it has received, and the other end of its socket. */
async function open(t: TestContext) {
  const path =
    process.platform === 'win32' ? `\\\\.\\pipe\\${process.pid}-direct` : join(scratchFolder(t), 's');
  const server = createServer().listen(path);
  t.after(() => server.close());
  const socket = connect(path);
  const [other] = (await once(server, 'connection')) as [Socket];
  t.after(() => other.destroy());
  const received: string[] = [];
  const connection = connectOn(socket, {
    type: direct,
    take: ({ at }) => void received.push(`direct ${at}`),
  });
  connection.onNotification(usual, ({ at }) => void received.push(`usual ${at}`));
  connection.listen();
  return { received, other };
}

const line = ({ method }: NotificationType<never>, at: number): string =>
  `${JSON.stringify({ jsonrpc: '2.0', method, params: { at } })}\n`;

test('delivers direct notices in the order of all messages', async (t) => {
  const { received, other } = await open(t);
  const sent = [usual, direct, direct, usual, direct];
  other.write(sent.map((type, at) => line(type as NotificationType<never>, at)).join(''));
  while (received.length < sent.length) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    received,
    sent.map(({ method }, at) => `${method} ${at}`),
  );
});
