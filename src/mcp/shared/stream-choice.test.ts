import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobRecord } from '../../protocol/job-record.ts';
import { streamOf } from './stream-choice.ts';

const job = (record: Partial<JobRecord>): JobRecord => record as JobRecord;

for (const capture of ['fifo', 'pipe', undefined] as const) {
  test(`stderr cannot be read alone if both streams share one ${capture ?? 'of an unknown kind'}`, () => {
    const merged = job({ mergeStderr: true, ...(capture && { capture }) });
    assert.throws(() => streamOf('stderr', merged), /share one stream.*stderr="separate"/);
    assert.equal(streamOf('stdout', merged), 'stdout');
    assert.equal(streamOf('stderr', job({ ...merged, mergeStderr: false })), 'stderr');
  });
}

test('each stream can be read alone if it has a socket of its own', () => {
  assert.equal(streamOf('stderr', job({ mergeStderr: true, capture: 'socket' })), 'stderr');
});
