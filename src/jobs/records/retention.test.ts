import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobRecord, Status } from '../../protocol/job-record.ts';
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

test('removes the oldest jobs if there are too many, and jobs that are too old', () => {
  const jobs = [1, 2, 3, 4].map((hours) => job(`${hours}`, NOW - hours * 3_600_000));
  assert.deepEqual(prune(jobs).remove, ['4']);
  assert.deepEqual(prune([job('new', NOW - DAY), job('old', NOW - 8 * DAY)]).remove, ['old']);
});

test('keeps all running jobs, and all that have just ended', () => {
  const running = [1, 2, 3, 4, 5].map((at) => job(`r${at}`, NOW - 30 * DAY, 'running'));
  const justEnded = [1, 2, 3, 4, 5].map((at) => job(`e${at}`, NOW - at));
  assert.deepEqual(prune([...running, ...justEnded], 90), { remove: [], dropLog: [] });
});

// Promise: clock-changed
test('keeps a job that has just ended, even if the clock was set ahead since', () => {
  const jobs = [job('ended', NOW - 90 * DAY)];
  const { remove } = choosePruning(jobs, () => 0, LIMITS, NOW, new Set(['ended']));
  assert.deepEqual(remove, []);
});

test('removes the oldest logs if all together are too large', () => {
  const jobs = [1, 2, 3].map((hours) => job(`${hours}`, NOW - hours * 3_600_000));
  assert.deepEqual(prune(jobs, 40).dropLog, ['3']);
});
