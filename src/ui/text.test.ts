import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, printable } from './text.ts';

test('control characters and direction marks are shown as what they are: none of the text', () => {
  assert.equal(printable('a\u0007b\u202ec\u0000'), 'a\ufffdb\ufffdc\ufffd');
  assert.equal(printable('two\nlines, ünïcode, 日本, 😀'), 'two\nlines, ünïcode, 日本, 😀');
});

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
