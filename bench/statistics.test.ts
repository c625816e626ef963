import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile, summarise } from './statistics.ts';

test('the median of an even number of values lies between the two in the middle', () => {
  assert.equal(median([10, 1, 2]), 2);
  assert.equal(median([4, 1, 10, 2]), 3);
  assert.deepEqual(summarise([5, 1, 9]), { median: 5, min: 1, max: 9 });
});

test('a percentile is a value that was measured, and the highest of few', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  assert.equal(percentile(hundred, 0.99), 99);
  assert.equal(percentile([3, 1, 2], 0.99), 3);
  assert.equal(percentile([3, 1, 2], 0), 1);
});

test('no values are a mistake of the caller', () => {
  assert.throws(() => median([]));
  assert.throws(() => percentile([], 0.5));
});
