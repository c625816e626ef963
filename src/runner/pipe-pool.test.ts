import assert from 'node:assert/strict';
import { constants, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually } from '../../test/support/runner.ts';
import { scratchFolder } from '../../test/support/scratch.ts';
import type { PrivateFolder } from '../sockets/private-folder.ts';
import type { JobPipe } from './job-pipe.ts';
import { PipePool } from './pipe-pool.ts';
import { loadCLibrary } from './posix/c-library.ts';
import { PipeMaker } from './posix/pipe-maker.ts';

const root = join(import.meta.dirname, '..', '..');
const skip = process.platform === 'win32' && 'needs mkfifo';

/** @param maker makes pipes; by default, FIFOs are used */
function openPool(
  t: TestContext,
  maker: () => PipeMaker | undefined = () => undefined,
): { pool: PipePool; folder: string } {
  const folder = join(scratchFolder(t), 'fifos');
  mkdirSync(folder);
  const ensure = (): Promise<string> =>
    existsSync(folder) ? Promise.resolve(folder) : Promise.reject(new Error('It is gone.'));
  const pool = new PipePool({ ensure } as Partial<PrivateFolder> as PrivateFolder, maker);
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

const linuxOnly = { skip: process.platform !== 'linux' && 'needs pipe2(2)' };

test(
  'makes pipes without names once the native module is loaded, also in place of open FIFOs',
  linuxOnly,
  async (t) => {
    const loaded: PipeMaker[] = [];
    const { pool, folder } = openPool(t, () => loaded[0]);
    const first = await pool.take(['reader', 'writer']);
    const afterFirst = readdirSync(folder).length;
    await eventually('two more are open', () => readdirSync(folder).length === afterFirst - 2);
    loaded.push(new PipeMaker(loadCLibrary(root)));
    rmSync(folder, { recursive: true });
    const second = await pool.take(['reader', 'writer']);
    const third = await pool.take(['reader', 'reader', 'writer']);
    assert.deepEqual(
      [first, second, third].map((pipes) => pipes?.map(({ kind }) => kind)),
      [
        ['fifo', 'fifo'],
        ['pipe', 'pipe'],
        ['pipe', 'pipe', 'pipe'],
      ],
    );
    for (const pipes of [first, second, third]) close(pipes);
  },
);

test('the end of the job blocks, and other programs do not inherit the ends', linuxOnly, async (t) => {
  const maker = new PipeMaker(loadCLibrary(root));
  const { pool } = openPool(t, () => maker);
  const pipes = await pool.take(['reader', 'writer']);
  t.after(() => close(pipes));
  for (const { theirs, descriptor } of pipes ?? []) {
    assert.equal(flagsOf(theirs) & constants.O_NONBLOCK, 0);
    assert.equal(flagsOf(descriptor) & constants.O_NONBLOCK, constants.O_NONBLOCK);
    for (const end of [theirs, descriptor]) assert.equal(flagsOf(end) & CLOSE_ON_EXEC, CLOSE_ON_EXEC);
  }
});

/** FD_CLOEXEC as proc_pid_fdinfo(5) shows it. */
const CLOSE_ON_EXEC = 0o2000000;

/** Returns the flags of an open file, and of its descriptor. */
function flagsOf(descriptor: number): number {
  const [, flags = ''] =
    /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')) ?? [];
  return Number.parseInt(flags, 8);
}
