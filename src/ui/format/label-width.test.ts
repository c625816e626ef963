import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutToWidth } from './label-width.ts';

test('keeps a text that fits, and cuts one that does not', () => {
  assert.equal(cutToWidth('npm run dev', 24), 'npm run dev');
  assert.equal(cutToWidth('', 24), '');
  assert.equal(cutToWidth('abcdefghij', 10), 'abcdefghij');
  assert.equal(cutToWidth('abcdegh'.repeat(3), 10), 'abcdegha…');
  assert.match(
    cutToWidth('python3 -m http.server 8000 --bind 0.0.0.0', 24),
    /^python3 -m http.server 80.*…$/,
  );
});

test('keeps fewer wide characters, and no half ones', () => {
  assert.equal(cutToWidth('w'.repeat(64), 24), `${'w'.repeat(15)}…`);
  assert.equal(cutToWidth('測'.repeat(64), 24), `${'測'.repeat(11)}…`);
  assert.equal(cutToWidth('\u{1f680}'.repeat(64), 24), `${'\u{1f680}'.repeat(11)}…`);
});
