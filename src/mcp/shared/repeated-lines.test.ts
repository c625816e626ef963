import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldRepeatedLines } from './repeated-lines.ts';

const CASES: readonly (readonly [text: string, folded: string])[] = [
  ['waiting\n'.repeat(5000), 'waiting\n[repeated 4,999 more times]\n'],
  ['a\n' + 'waiting for it\n'.repeat(4) + 'b\n', 'a\nwaiting for it\n[repeated 3 more times]\nb\n'],
  ['\n'.repeat(100), '\n[repeated 99 more times]\n'],
  [
    'long enough to fold it\n'.repeat(3) + 'long enough',
    'long enough to fold it\n[repeated 2 more times]\nlong enough',
  ],
];
for (const [text, folded] of CASES) {
  test(`folds ${JSON.stringify(text).slice(0, 40)}`, () => {
    assert.equal(foldRepeatedLines(text), folded);
  });
}

for (const text of [
  '',
  'a',
  'a\n',
  'y\ny\ny\ny\n',
  `${'long line '.repeat(20)}\n`.repeat(2),
  'a\nb\na\nb\na\nb\n',
  'x'.repeat(99),
]) {
  test(`leaves ${JSON.stringify(text).slice(0, 40)} as it is`, () => {
    assert.equal(foldRepeatedLines(text), text);
  });
}
