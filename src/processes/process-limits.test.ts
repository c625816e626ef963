import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parseLimit, readLimit } from './process-limits.ts';

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max open files            1024                 1048576              files     
Max file locks            4611686018427387905  unlimited            locks     
`;

test('reads numbers of 64 bits and unlimited ones', () => {
  assert.deepEqual(parseLimit(LIMITS, 'Max open files'), { soft: 1024n, hard: 1_048_576n });
  assert.deepEqual(parseLimit(LIMITS, 'Max file locks'), {
    soft: 4_611_686_018_427_387_905n,
    hard: undefined,
  });
  assert.equal(parseLimit('', 'Max open files'), undefined);
});

const skip = readLimit('self', 'Max open files') === undefined ? 'needs /proc' : false;

test('the limit of a process that is gone is unknown', { skip }, () => {
  const { pid } = spawnSync('true');
  assert.equal(readLimit(pid, 'Max open files'), undefined);
});

/** Runs a program in Node as the child of a shell that has set limits. Returns what it prints. */
function printedUnder(limits: string, program: string): string {
  const url = JSON.stringify(new URL('./process-limits.ts', import.meta.url).href);
  const script = `import { readLimit, startedOpenFiles } from ${url}; console.log(${program})`;
  const args = ['sh', process.execPath, '--input-type=module', '-e', script];
  return spawnSync('/bin/sh', ['-c', limits, ...args])
    .stdout.toString()
    .trim();
}

test('finds the open-file limit that Node was started with, though Node has raised its own', { skip }, () => {
  const program = `startedOpenFiles(), readLimit('self', 'Max open files').soft`;
  // The last command keeps the shell as the parent.
  assert.equal(printedUnder('ulimit -S -n 200; ulimit -H -n 300; "$@"; :', program), '200 300n');
});

test('the open-file limit is unknown if the parent has another hard limit', { skip }, () => {
  assert.equal(printedUnder('ulimit -n 300; exec "$@"', 'startedOpenFiles()'), 'undefined');
});
