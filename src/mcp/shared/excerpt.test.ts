import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excerpt } from './excerpt.ts';

test('shows a short line completely', () => {
  assert.equal(excerpt('abc', 2, 3), 'abc');
});

test('shows the part of a long line that contains the match', () => {
  const line = `${'a'.repeat(50)}needle${'b'.repeat(50)}`;
  assert.equal(excerpt(line, 0, 8), 'aaaaaaaa…[the line has 106 bytes]');
  assert.equal(excerpt(line, 50, 12), '…aaaneedlebbb…[the line has 106 bytes]');
  assert.equal(excerpt(line, 105, 8), '…bbbbbbbb[the line has 106 bytes]');
});

test('cuts no character in two', () => {
  for (let at = 0; at < 40; at++) assert.doesNotMatch(excerpt('😀'.repeat(20), at, 9), /\p{Cs}/u);
});
