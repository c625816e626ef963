import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobRecord } from '../../protocol/job-record.ts';
import { turningMs } from './turning-icon.ts';

const job = (facts: Partial<JobRecord>): JobRecord =>
  ({ status: 'running', startedAt: 1000, ...facts }) as JobRecord;

test('the icon of a running job turns for a minute, or until the job is ready', () => {
  assert.equal(turningMs(job({}), 1000), 60_000);
  assert.equal(turningMs(job({}), 31_000), 30_000);
  assert.equal(turningMs(job({}), 61_000), 0);
  assert.equal(turningMs(job({ readySince: 1500 }), 2000), 0);
  assert.equal(turningMs(job({ status: 'completed' }), 2000), 0);
});

test('it does not turn for longer if the clock was set back', () => {
  assert.equal(turningMs(job({}), -3_600_000), 60_000);
});
