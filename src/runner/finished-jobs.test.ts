import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FinishedJobs } from './finished-jobs.ts';

const any = (): boolean => true;

function finished(...ids: string[]): FinishedJobs {
  const jobs = new FinishedJobs(2);
  for (const id of ids) jobs.noteEnd(id);
  return jobs;
}

test('forgets the jobs that ended first, once there are too many', () => {
  const jobs = finished('a', 'b');
  assert.deepEqual(jobs.take(any), []);
  for (const id of ['c', 'a', 'd']) jobs.noteEnd(id);
  assert.deepEqual(jobs.take(any), ['a', 'b']);
  assert.deepEqual(jobs.take(any), []);
});

test('forgets the next one in place of a job that is still needed', () => {
  const jobs = finished('a', 'b', 'c');
  assert.deepEqual(
    jobs.take((id) => id !== 'a'),
    ['b'],
  );
  jobs.noteEnd('d');
  assert.deepEqual(jobs.take(any), ['a']);
});

test('forgets a job that was removed as soon as it is not needed, and none that has not ended', () => {
  const jobs = finished('a', 'b');
  for (const id of ['b', 'running']) jobs.noteRemoval(id);
  assert.deepEqual(
    jobs.take(() => false),
    [],
  );
  assert.deepEqual(jobs.take(any), ['b']);
  jobs.noteEnd('running');
  assert.deepEqual(jobs.take(any), []);
});
