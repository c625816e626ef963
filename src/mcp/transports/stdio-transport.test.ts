import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { StdioTransport } from './stdio-transport.ts';

// Promise: unread-replies
test('reads no lines while the client does not read the answers', async () => {
  const [input, output] = [new PassThrough(), new PassThrough({ highWaterMark: 100 })];
  const transport = new StdioTransport(input, output);
  transport.onmessage = () => {
    void transport.send({ jsonrpc: '2.0', id: 1, result: { text: 'x'.repeat(1000) } });
  };
  await transport.start();
  input.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  await once(output, 'readable');
  assert.equal(input.isPaused(), true);
  output.resume();
  await once(output, 'drain');
  assert.equal(input.isPaused(), false);
  await transport.close();
});

test('reads lines that come in parts of any size', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const transport = new StdioTransport(input, output);
  const seen: unknown[] = [];
  transport.onmessage = (message) => seen.push('id' in message && message.id);
  await transport.start();
  const text = [1, 2, 3].map((id) => `{"jsonrpc":"2.0","id":${id},"method":"pïng"}\n`).join('');
  for (const byte of Buffer.from(text)) input.write(Buffer.from([byte]));
  input.end();
  await once(input, 'end');
  assert.deepEqual(seen, [1, 2, 3]);
});
