import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../test/support/scratch.ts';
import { openFifo } from './fifo.ts';
import { JobPipe } from './job-pipe.ts';

/** What a pipe holds on Linux (pipe(7)). */
const PIPE_BYTES = 65_536;
const LINUX_ONLY = { skip: process.platform === 'linux' ? false : 'the size of a pipe differs' };

test('bytes of which a pipe has taken only a part are unsent by their rest', LINUX_ONLY, async (t) => {
  const path = join(scratchFolder(t), 'f');
  execFileSync('mkfifo', [path]);
  const pipe = new JobPipe(openFifo(path, 'writer'));
  t.after(() => {
    pipe.closeOurs();
    pipe.closeTheirs();
  });
  const write = (length: number): void => void pipe.stream.write(Buffer.alloc(length));
  assert.equal(pipe.unsentBytes, 0);
  write(70_000);
  assert.equal(pipe.unsentBytes, 70_000 - PIPE_BYTES);
  write(1000);
  assert.equal(pipe.unsentBytes, 71_000 - PIPE_BYTES);
  const isDrained = new Promise((resolve) => pipe.stream.write(Buffer.alloc(5), resolve));
  // The reader takes all that the pipe holds, so that the rest fits.
  readSync(pipe.theirs, Buffer.alloc(PIPE_BYTES));
  await isDrained;
  assert.equal(pipe.unsentBytes, 0);
  pipe.closeOurs();
  assert.equal(pipe.unsentBytes, 0);
});
