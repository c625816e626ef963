import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runsOf } from './earlier-runs.ts';

const run = (id: string, startedAt: number, name?: string, command = 'make', cwd = '/a') => ({
  ...{ id, startedAt, command, cwd },
  ...(name !== undefined && { name }),
});

test('finds the runs of the same name, newest first', () => {
  const jobs = [
    run('a', 1, 'dev'),
    run('b', 3, 'dev', 'other', '/b'),
    run('c', 2),
    run('d', 2, 'dev'),
    run('e', 4, 'web'),
  ];
  assert.deepEqual(
    runsOf(jobs, jobs[0]!).map(({ id }) => id),
    ['b', 'd', 'a'],
  );
});

test('finds the runs of the same command and folder of a job without a name', () => {
  const jobs = [
    run('a', 1),
    run('b', 2, undefined, 'make', '/b'),
    run('c', 3, undefined, 'ls'),
    run('d', 4),
    run('e', 5, 'make'),
  ];
  assert.deepEqual(
    runsOf(jobs, jobs[0]!).map(({ id }) => id),
    ['d', 'a'],
  );
});
