import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestName } from './nearest-name.ts';

const KNOWN = ['command', 'cwd', 'env', 'job_id', 'max_bytes', 'timeout_s'];

const CASES: readonly (readonly [unknown: string, nearest: string | undefined])[] = [
  ['jobId', 'job_id'],
  ['id', 'job_id'],
  ['job_ids', 'job_id'],
  ['cmd', 'command'],
  ['comand', 'command'],
  ['timeout', 'timeout_s'],
  ['maxBytes', 'max_bytes'],
  ['environment', 'env'],
  ['cwt', 'cwd'],
  ['zzzzzz', undefined],
  ['', undefined],
  ['__', undefined],
];

for (const [unknown, nearest] of CASES) {
  test(`${nearest ?? 'no name'} is nearest to "${unknown}"`, () => {
    assert.equal(nearestName(unknown, KNOWN), nearest);
  });
}
