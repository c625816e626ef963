import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile, summarise } from './statistics.ts';

test('takes the mean of the two middle values of an even number', () => {
  assert.equal(median([10, 1, 2]), 2);
  assert.equal(median([4, 1, 10, 2]), 3);
  assert.deepEqual(summarise([5, 1, 9]), { median: 5, min: 1, max: 9 });
});

test('returns a measured value as percentile, and the highest one of a few', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  assert.equal(percentile(hundred, 0.99), 99);
  assert.equal(percentile([3, 1, 2], 0.99), 3);
  assert.equal(percentile([3, 1, 2], 0), 1);
});

test('throws if there are no values', () => {
  assert.throws(() => median([]));
  assert.throws(() => percentile([], 0.5));
});
