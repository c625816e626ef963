import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { scratchFolder } from '../../test/support/scratch.ts';
import { OutputCapture } from './output-capture.ts';

test('a runner that is held up after the end of a job does not take what waits in the pipe for nothing', async (t) => {
  const path = join(scratchFolder(t), 's');
  const server = createServer().listen(path);
  t.after(() => server.close());
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const writer = connect(path);
  t.after(() => writer.destroy());
  const [reader] = await accepted;
  let read = '';
  const capture = new OutputCapture((_, bytes, length) => {
    read += Buffer.from(bytes.slice(0, length)).toString();
  });
  t.after(() => capture.close());
  capture.addStream('stdout', reader);
  // From here on the timers have their turn before the pipes.
  await setImmediate();
  const drained = capture.drained();
  writer.write('late');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  await drained;
  assert.equal(read, 'late');
});
