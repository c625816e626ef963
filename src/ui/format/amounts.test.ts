import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatElapsed } from './amounts.ts';

test('formats a size in the largest unit that fits', () => {
  const sizes = [0, 1, 1023, 1024, 1536, 150 * 1024, 5 * 1024 * 1024, 3 * 1024 ** 3];
  assert.deepEqual(sizes.map(formatBytes), [
    '0 bytes',
    '1 bytes',
    '1023 bytes',
    '1.0 KB',
    '1.5 KB',
    '150 KB',
    '5.0 MB',
    '3.0 GB',
  ]);
});

test('advances the time of a running job in steps of 5 s, then 10 s after the first minute, then 1 min after the tenth', () => {
  const minute = 60_000;
  const times = [
    0,
    4999,
    5000,
    59_999,
    minute,
    1.5 * minute - 1,
    9 * minute + 59_000,
    10 * minute,
    59.9 * minute,
  ];
  assert.deepEqual(times.map(formatElapsed), [
    '0s',
    '0s',
    '5s',
    '55s',
    '1m 0s',
    '1m 20s',
    '9m 50s',
    '10m',
    '59m',
  ]);
  const longer = [60 * minute, 23.99 * 60 * minute, 24 * 60 * minute, 49.5 * 60 * minute];
  assert.deepEqual(longer.map(formatElapsed), ['1h 0m', '23h 59m', '1d 0h', '2d 1h']);
});
