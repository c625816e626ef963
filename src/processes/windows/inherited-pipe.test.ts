import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { writeTo } from './inherited-file.ts';
import { openInheritedPipe, openPipe } from './inherited-pipe.ts';
import { closeHandle } from './native-module.ts';

const skip = process.platform === 'win32' ? false : 'needs Windows';

// Promise: windows-streams
test(
  'what is written to the end of the process arrives, and closing it ends the stream',
  { skip },
  async () => {
    const { ours, theirs } = await openInheritedPipe();
    let text = '';
    ours.on('data', (bytes: Buffer) => (text += bytes.toString()));
    writeTo(theirs, Buffer.from('hello'));
    closeHandle(theirs);
    ours.resume();
    await once(ours, 'close');
    assert.equal(text, 'hello');
  },
);

// Promise: windows-pipe-strangers
test('a name that a stranger has taken is not used', { skip }, async (t) => {
  const name = '\\\\.\\pipe\\background-jobs-test-taken';
  const stranger = createServer().listen(name);
  t.after(() => stranger.close());
  stranger.on('connection', (socket) => socket.destroy());
  await once(stranger, 'listening');
  await assert.rejects(openPipe(name, 500), ({ code }: NodeJS.ErrnoException) =>
    ['EADDRINUSE', 'ETIMEDOUT'].includes(code ?? ''),
  );
});

// Promise: windows-pipe-strangers
test('a stranger that connects first is refused', { skip }, async () => {
  const name = '\\\\.\\pipe\\background-jobs-test-race';
  const opening = openPipe(name);
  const stranger = connect(name);
  stranger.on('error', () => undefined);
  stranger.write('not the proof');
  const { ours, theirs } = await opening;
  writeTo(theirs, Buffer.from('x'));
  ours.resume();
  assert.equal(String((await once(ours, 'data'))[0]), 'x');
  stranger.destroy();
  closeHandle(theirs);
  ours.destroy();
});
