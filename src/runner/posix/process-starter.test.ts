import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { jobMark } from '../../processes/job-mark.ts';
import { parseLimit, readLimit } from '../../processes/process-limits.ts';
import { createLimitSetter, type LimitSetter } from './limit-setter.ts';
import { ProcessStarter } from './process-starter.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const options = { skip: process.platform !== 'linux' && 'needs Linux' };
const OPEN_FILES = 123;

/** As where there is no prlimit(1). */
async function withoutPrlimit(): Promise<LimitSetter> {
  return { ...(await createLimitSetter()), canWrap: false, wrap: (program) => program };
}

/** Starts a job. @returns its soft limits */
async function limitsOf(t: TestContext, starter: ProcessStarter, id: string) {
  const path = join(scratchFolder(t), 'output');
  const output = openSync(path, 'w');
  const request = { file: '/bin/cat', args: ['/proc/self/limits'], cwd: '/', env: {} };
  const { exited } = await starter.start(
    { ...request, files: [undefined, output, output] },
    { id, openFiles: OPEN_FILES },
    root,
  );
  assert.equal((await exited).code, 0);
  closeSync(output);
  const text = readFileSync(path, 'utf8');
  return {
    mark: parseLimit(text, 'Max file locks')?.soft,
    openFiles: parseLimit(text, 'Max open files')?.soft,
  };
}

test('a job has its mark and its limit of open files, whoever starts it', options, async (t) => {
  for (const limits of [createLimitSetter(), withoutPrlimit()]) {
    const starter = new ProcessStarter(limits);
    t.after(() => starter.dispose());
    const own = readLimit('self', 'Max open files');
    const ids = Array.from({ length: 5 }, () => randomUUID());
    for (const id of ids)
      assert.deepEqual(await limitsOf(t, starter, id), { mark: jobMark(id), openFiles: BigInt(OPEN_FILES) });
    assert.deepEqual(readLimit('self', 'Max open files'), own, 'this process has its own limits again');
    const { soft, hard } = readLimit('self', 'Max file locks')!;
    assert.equal(soft, hard, 'this process has no mark');
  }
});

test('a job whose limits may not be set is started with those of the runner', options, async (t) => {
  const hard = readLimit('self', 'Max open files')?.hard;
  const limits = withoutPrlimit().then((setter) => ({
    ...setter,
    of: () => ({ openFiles: (hard ?? 0n) + 1_000_000_000n }),
  }));
  const starter = new ProcessStarter(limits);
  t.after(() => starter.dispose());
  const { openFiles } = await limitsOf(t, starter, randomUUID());
  assert.ok(openFiles! > 0n);
});

test('where the native module is missing, Node starts each job', options, async (t) => {
  const starter = new ProcessStarter();
  t.after(() => starter.dispose());
  for (let count = 0; count < 3; count++) {
    const request = { file: '/bin/true', args: [], cwd: '/', env: {} };
    const { exited } = await starter.start(
      { ...request, files: [undefined, 2, 2] },
      { id: randomUUID(), openFiles: undefined },
      '/nonexistent',
    );
    assert.equal((await exited).code, 0);
  }
});
