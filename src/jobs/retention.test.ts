import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobRecord, Status } from '../protocol/job-record.ts';
import { choosePruning } from './retention.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;
const LIMITS = { historyLimit: 3, historyDays: 7, maxTotalSize: 100 };

function job(id: string, endedAt: number, status: Status = 'completed'): JobRecord {
  return { id, status, startedAt: endedAt, endedAt } as JobRecord;
}

function prune(jobs: JobRecord[], size = 0): { remove: string[]; dropLog: string[] } {
  const { remove, dropLog } = choosePruning(jobs, () => size, LIMITS, NOW);
  return { remove: remove.map(({ id }) => id), dropLog: dropLog.map(({ id }) => id) };
}

test('the oldest go when there are too many, and those that are too old', () => {
  const jobs = [1, 2, 3, 4].map((hours) => job(`${hours}`, NOW - hours * 3_600_000));
  assert.deepEqual(prune(jobs).remove, ['4']);
  assert.deepEqual(prune([job('new', NOW - DAY), job('old', NOW - 8 * DAY)]).remove, ['old']);
});

test('running jobs and those that just ended stay, however many', () => {
  const running = [1, 2, 3, 4, 5].map((at) => job(`r${at}`, NOW - 30 * DAY, 'running'));
  const justEnded = [1, 2, 3, 4, 5].map((at) => job(`e${at}`, NOW - at));
  assert.deepEqual(prune([...running, ...justEnded], 90), { remove: [], dropLog: [] });
});

// Promise: clock-changed
test('a job that ended just now stays, also when the clock was set ahead since', () => {
  const jobs = [job('ended', NOW - 90 * DAY)];
  const { remove } = choosePruning(jobs, () => 0, LIMITS, NOW, new Set(['ended']));
  assert.deepEqual(remove, []);
});

test('the oldest logs go when all are too large together', () => {
  const jobs = [1, 2, 3].map((hours) => job(`${hours}`, NOW - hours * 3_600_000));
  assert.deepEqual(prune(jobs, 40).dropLog, ['3']);
});
