import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually } from '../../test/support/runner.ts';
import { scratchFolder } from '../../test/support/scratch.ts';
import type { PrivateFolder } from '../sockets/private-folder.ts';
import { FifoPool } from './fifo-pool.ts';
import type { JobPipe } from './job-pipe.ts';

const skip = process.platform === 'win32' && 'needs mkfifo';

function openPool(t: TestContext): { pool: FifoPool; folder: string } {
  const folder = join(scratchFolder(t), 'fifos');
  mkdirSync(folder);
  const ensure = (): Promise<string> =>
    existsSync(folder) ? Promise.resolve(folder) : Promise.reject(new Error('It is gone.'));
  const pool = new FifoPool({ ensure } as Partial<PrivateFolder> as PrivateFolder);
  t.after(() => pool.dispose());
  return { pool, folder };
}

function close(pipes: readonly JobPipe[] = []): void {
  for (const pipe of pipes) {
    pipe.closeTheirs();
    pipe.closeOurs();
  }
}

test('the pipes of the next job are open in advance, so that it needs no names', { skip }, async (t) => {
  const { pool, folder } = openPool(t);
  const first = await pool.take(['reader', 'writer']);
  assert.deepEqual(
    first?.map(({ ours }) => ours),
    ['reader', 'writer'],
  );
  const afterFirst = readdirSync(folder).length;
  await eventually('two more are open', () => readdirSync(folder).length === afterFirst - 2);
  rmSync(folder, { recursive: true });
  const second = await pool.take(['reader', 'writer']);
  assert.equal(second?.length, 2);
  assert.equal(await pool.take(['reader']), undefined);
  close(first);
  close(second);
});

test('each pipe is given to one job', { skip }, async (t) => {
  const { pool } = openPool(t);
  const taken = await Promise.all(
    Array.from({ length: 20 }, () => pool.take(['reader', 'reader', 'writer'])),
  );
  const pipes = taken.flatMap((each) => each ?? []);
  assert.equal(pipes.length, 60);
  assert.equal(new Set(pipes.map(({ file }) => `${file.dev} ${file.ino}`)).size, 60);
  close(pipes);
});
