import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerTo, QueryFinder } from './terminal-queries.ts';

const STATE = { size: { columns: 80, rows: 24 }, cursor: () => ({ row: 3, column: 7 }) };

const ANSWERS: Readonly<Record<string, string>> = {
  '\x1b[c': '\x1b[?1;2c',
  '\x1b[0c': '\x1b[?1;2c',
  '\x1b[>c': '\x1b[>0;276;0c',
  '\x1b[5n': '\x1b[0n',
  '\x1b[6n': '\x1b[3;7R',
  '\x1b[?6n': '\x1b[?3;7R',
  '\x1b[?2026$p': '\x1b[?2026;0$y',
  '\x1b[>0q': '\x1bP>|background-jobs\x1b\\',
  '\x1b[18t': '\x1b[8;24;80t',
  '\x1b]11;?\x07': '\x1b]11;rgb:1e1e/1e1e/1e1e\x07',
  '\x1b]10;?\x1b\\': '\x1b]10;rgb:cccc/cccc/cccc\x1b\\',
  '\x1bP+q544e\x1b\\': '\x1bP0+r\x1b\\',
  '\x1bP$qm\x1b\\': '\x1bP0$r\x1b\\',
};

for (const [query, answer] of Object.entries(ANSWERS)) {
  test(`${JSON.stringify(query)} is found and answered, wherever the output is split`, () => {
    const output = Buffer.from(`\x1b[31mred\x1b[0m ${query} after`);
    const end = output.indexOf(' after');
    for (let split = 0; split <= output.length; split++) {
      const finder = new QueryFinder();
      const pieces = [output.subarray(0, split), output.subarray(split)];
      const found = pieces.flatMap((piece, at) => {
        return finder
          .find(piece)
          .map(({ text, end: within }) => ({ text, end: within + (at === 0 ? 0 : split) }));
      });
      assert.deepEqual(found, [{ text: query, end }], `split at ${split}`);
    }
    assert.equal(answerTo(query, STATE), answer);
  });
}

test('each of several queries is found, and each only once', () => {
  const finder = new QueryFinder();
  const all = Object.keys(ANSWERS).join('');
  assert.deepEqual(
    finder.find(Buffer.from(all)).map(({ text }) => text),
    Object.keys(ANSWERS),
  );
  assert.deepEqual(finder.find(Buffer.from('text')), []);
});

test('other sequences are no queries', () => {
  const finder = new QueryFinder();
  const output =
    '\x1b[31m\x1b[?25h\x1b[2J\x1b]0;title\x07\x1b]11;#000000\x07\x1b[?1;2c\x1b[3;7R\x1b[u\x1b[8;24;80t';
  assert.deepEqual(finder.find(Buffer.from(output)), []);
});
