import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FoldedLines, foldRepeatedLines } from './repeated-lines.ts';

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

test('folds text that comes in parts as it folds all of it', () => {
  const text = ['a\n'.repeat(5000), 'ab\n', '\n'.repeat(300), 'long line\n'.repeat(3), 'a\n', 'rest'].join(
    '',
  );
  for (const at of [0, 1, 2, 4999, 9999, 10_000, 10_002, 10_100, text.length - 5, text.length]) {
    const parts = new FoldedLines().with(text.slice(0, at)).with(text.slice(at));
    assert.equal(parts.text, foldRepeatedLines(text));
  }
  assert.match(
    foldRepeatedLines(text),
    /^a\n\[repeated 4,999 more times\]\nab\n\n\[repeated 299 more times\]\n/,
  );
});
