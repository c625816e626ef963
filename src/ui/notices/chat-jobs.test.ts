import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobRecord } from '../../protocol/job-record.ts';
import { jobsForChat } from './chat-jobs.ts';

const job = (id: string, status: string, conversation?: string): JobRecord =>
  ({
    id,
    status,
    startedBy: { kind: 'agent', ...(conversation !== undefined && { conversation }) },
  }) as JobRecord;

const good = job('good', 'completed', 'c');
const bad = job('bad', 'failed', 'c');
const person = job('person', 'failed');

test('the setting chooses which jobs of chats are reported', () => {
  const ids = (setting: unknown, ...ended: JobRecord[]): string[] =>
    jobsForChat(ended, setting).map(({ id }) => id);
  for (const setting of ['never', false, undefined, 'x']) assert.deepEqual(ids(setting, good, bad), []);
  for (const setting of ['failed', true]) {
    assert.deepEqual(ids(setting, good, bad, person), ['bad']);
    assert.deepEqual(ids(setting, good), []);
  }
  assert.deepEqual(ids('all', good, person), ['good']);
  assert.deepEqual(ids('all', good, bad), ['bad']);
});
