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

test('a batch that uses the id of an open batch again takes none of its answers', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const transport = new StdioTransport(input, output);
  let seen = 0;
  const delivered = new Promise<void>((resolve) => {
    transport.onmessage = () => {
      if (++seen === 4) resolve();
    };
  });
  await transport.start();
  const request = (id: number): object => ({ jsonrpc: '2.0', id, method: 'ping' });
  const answer = (id: number): Promise<void> => transport.send({ jsonrpc: '2.0', id, result: {} });
  input.write(`${JSON.stringify([request(1), request(2)])}\n${JSON.stringify([request(2), request(3)])}\n`);
  await delivered;
  for (const id of [1, 2, 2, 3]) await answer(id);
  const lines = String(output.read()).trim().split('\n');
  const ids = lines.map((line) => [JSON.parse(line) as { id: number } | { id: number }[]].flat());
  assert.deepEqual(
    ids.map((each) => each.map(({ id }) => id)),
    [[1, 2], [2], [3]],
  );
  await transport.close();
});
