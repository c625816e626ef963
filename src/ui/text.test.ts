import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes } from './text.ts';

test('sizes are told in the unit that a person would use', () => {
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
