import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { connectOn } from '../../src/protocol/message-connection.ts';
import { scratchFolder } from '../support/scratch.ts';

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

async function socketPair(t: TestContext): Promise<{ socket: Socket; other: Socket }> {
  const path = join(scratchFolder(t), 's');
  const server = createServer().listen(path);
  t.after(() => server.close());
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect(path);
  t.after(() => socket.destroy());
  const [other] = await accepted;
  return { socket, other };
}

/** A connection, and the bare other end of it. */
async function connectedPair(t: TestContext): Promise<{ connection: MessageConnection; other: Socket }> {
  const { socket, other } = await socketPair(t);
  return { connection: connectOn(socket), other };
}

// Promise: half-message
test('a connection closes when its peer is killed in the middle of a message, and leaves no timer', async (t) => {
  const { socket, other } = await socketPair(t);
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

// Promise: split-messages
test('reads messages in pieces of any size, even within a character, and several at once', async (t) => {
  const { connection, other } = await connectedPair(t);
  const texts: string[] = [];
  const all = new Promise<void>((resolve) => {
    connection.onNotification('told', ({ text }: { text: string }) => {
      texts.push(text);
      if (text === 'last') resolve();
    });
  });
  connection.listen();
  const sent = ['één', '€\n€', '\u{1f600}'.repeat(50_000), '', 'last'];
  const lines = sent.map(
    (text) => JSON.stringify({ jsonrpc: '2.0', method: 'told', params: { text } }) + '\n',
  );
  const bytes = Buffer.from(lines.join(''));
  // Each piece is read by itself, because the next one is sent after the reader's turn.
  for (let at = 0; at < 300; at++) {
    other.write(bytes.subarray(at, at + 1));
    await setImmediate();
  }
  other.write(bytes.subarray(300));
  await all;
  assert.deepEqual(texts, sent);
});

// Promise: split-messages
test('a malformed message closes the connection', async (t) => {
  const { connection, other } = await connectedPair(t);
  const closed = new Promise<void>((resolve) => connection.onClose(resolve));
  connection.listen();
  other.write('{"jsonrpc": nonsense\n');
  await closed;
});
