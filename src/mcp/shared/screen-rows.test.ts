import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screenText } from './screen-rows.ts';

const ROWS = Array.from({ length: 10 }, (_, row) => `row ${row + 1}`);
const ALL = { lines: Infinity, maxBytes: 1000, replyBytes: 1300 };

test('a screen is shown without the empty rows at its end', () => {
  assert.equal(screenText(['', 'a', '', 'b', '', ''], 6, ALL), '\na\n\nb');
  assert.equal(screenText(['', ''], 1, ALL), '');
});

test('the rows around the cursor are shown if not all fit, and the reply says how to get more', () => {
  const cases = [
    [1, 'rows 1 to 3 are', ['row 1', 'row 2', 'row 3']],
    [5, 'rows 4 to 6 are', ['row 4', 'row 5', 'row 6']],
    [10, 'rows 8 to 10 are', ['row 8', 'row 9', 'row 10']],
    // The cursor is below what is drawn.
    [30, 'rows 8 to 10 are', ['row 8', 'row 9', 'row 10']],
  ] as const;
  for (const [cursor, which, shown] of cases) {
    assert.equal(
      screenText(ROWS, cursor, { ...ALL, lines: 3 }),
      [`[Of 10 rows, ${which} shown. For more, pass lines=10.]`, ...shown].join('\n'),
    );
    assert.equal(
      screenText(ROWS, cursor, { ...ALL, maxBytes: 20 }),
      [`[Of 10 rows, ${which} shown. For more, pass max_bytes=1341.]`, ...shown].join('\n'),
    );
  }
  assert.equal(
    screenText(ROWS, 5, { lines: 1, maxBytes: 20, replyBytes: 1300 }),
    '[Of 10 rows, row 5 is shown. For more, pass lines=10 and max_bytes=1341.]\nrow 5',
  );
});

test('a row that does not fit is shown as far as it fits', () => {
  const text = screenText(['a', 'ä'.repeat(50), 'b'], 2, { ...ALL, maxBytes: 21 });
  assert.equal(text, `[Of 3 rows, row 2 is shown. For more, pass max_bytes=1384.]\n${'ä'.repeat(10)}`);
});
