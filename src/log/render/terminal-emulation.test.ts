import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { repeats } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { finalScreen, trimmed, watchScreen } from '../../../test/support/terminal.ts';
import { LogReader } from '../read/log-reader.ts';
import { LogWriter } from '../store/log-writer.ts';
import { SCREEN_ROWS } from './screen-rows.ts';
import { search } from '../search/log-search.ts';
import { readTail } from '../read/log-tail.ts';
import { readText } from '../read/text-page.ts';

/** Without combining marks that have nothing in front: xterm.js does not join them to text before an escape sequence. */
const text = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('a', 'b ', 'word', '42%', '  ') },
    fc.constantFrom('é', '█', '⠋', '─', '✔', '…', 'α', 'ﬁ', '\u00ad', '𝒳', '🇩', 'ﷺ', '\u{1f321}'),
    fc.constantFrom('漢', '字', '한', 'あ', '、', 'Ａ', '😀', '👍', '⌚', '⚡', '𠀋'),
    fc.constantFrom('e\u0301', 'o\u0308\u0323', '漢\u0301', '❤\ufe0f', 'ก\u0e34', '👩\u200d👧', 'a\u200b'),
  ),
  { minLength: 1, maxLength: 6 },
);
const count = fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 12 }));
const move = fc
  .tuple(count, fc.constantFrom('C', 'D', 'G', 'P', 'X', '@', 'a', '`'))
  .map(([n, final]) => `\x1b[${n}${final}`);
const part = fc.oneof(
  { weight: 5, arbitrary: text.map((characters) => characters.join('')) },
  { weight: 3, arbitrary: fc.constantFrom('\r', '\b', '\b\b', '\t') },
  { weight: 2, arbitrary: fc.constantFrom('\x1b[K', '\x1b[0K', '\x1b[1K', '\x1b[2K', '\x1b[?2K') },
  { weight: 3, arbitrary: move },
  fc.constantFrom('\x1b[1;31m', '\x1b[m', '\x1b[38;5;9m', '\x1b[48:2::1:2:3m', '\x1b[?25l', '\x1b(B'),
  fc.constantFrom('\x1b]8;;https://example.org/?q=é\x1b\\', '\x1b]8;;\x07', '\x1b]0;title 漢\x07', '\x07'),
);
const line = fc.array(part, { maxLength: 20 }).map((parts) => parts.join(''));

/** Tabs are kept as they are where a terminal shows blanks: what they come to is for a terminal to say. */
async function asShown(lines: readonly string[]): Promise<string[]> {
  assert.doesNotMatch(lines.join(''), /(?!\t)\p{Cc}/u, 'no control is left');
  const shown = trimmed(lines);
  return shown.some((each) => each.includes('\t')) ? finalScreen(shown.join('\n')) : shown;
}

// Promise: plain-replies
test('lines look as on a terminal, in chunks and pages of any size', async (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 25 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 }),
      // Pages that hold a line: two halves of one cannot write over each other.
      fc.integer({ min: 2000, max: 6000 }),
      fc.constantFrom('\n', '\r\n'),
      async (lines, chunks, maxBytes, lineEnd) => {
        const bytes = Buffer.from(lines.join(lineEnd));
        const reader = write(join(folder, String(run++)), bytes, chunks);
        const expected = await finalScreen(bytes);
        const shown = readPages(reader, maxBytes);
        assert.deepEqual(await asShown(shown), expected);
        const tail = readTail(reader, { lines: lines.length, maxBytes: 1 << 20, ended: true });
        assert.deepEqual(await asShown(tail.text.split('\n')), expected, 'the tail');
      },
    ),
    { numRuns: repeats(5000, 120) },
  );
});

test('a progress bar that was drawn 5,000 times is one line', async (t) => {
  const drawn = Array.from({ length: 5000 }, (_, at) => {
    const done = '█'.repeat(at / 100);
    return `\r\x1b[36m⠋\x1b[39m ${done}${'░'.repeat(50 - done.length)} ${at} 漢字${at % 7 === 0 ? '\x1b[K' : ''}`;
  });
  const bytes = Buffer.from(`begin\n${drawn.join('')}\nend\n`);
  const reader = write(join(scratchFolder(t), 'log'), bytes, [4096]);
  const expected = await finalScreen(bytes);
  assert.equal(expected.length, 3);
  for (const maxBytes of [400, 8000]) assert.deepEqual(trimmed(readPages(reader, maxBytes)), expected);
  for (const lines of [2, 3]) {
    const { text } = readTail(reader, { lines, maxBytes: 1000, ended: true });
    assert.deepEqual(trimmed(text.split('\n')), expected.slice(-lines));
  }
});

const smallCount = fc.oneof(fc.constant(''), fc.integer({ min: 1, max: 7 }));
const rowMove = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(smallCount, fc.constantFrom('A', 'B', 'E', 'F', 'd', 'e')) },
  { weight: 1, arbitrary: fc.tuple(smallCount, fc.constantFrom('L', 'M', 'S', 'T')) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('2', '3'), fc.constantFrom('J')) },
).map(([n, final]) => `\x1b[${n}${final}`);
const place = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.constantFrom('H', 'f'))
  .map(([row, column, final]) => `\x1b[${row};${column}${final}`);
const row = fc.oneof(
  { weight: 6, arbitrary: fc.constant('\n') },
  { weight: 6, arbitrary: rowMove },
  { weight: 3, arbitrary: place },
  { weight: 3, arbitrary: fc.constantFrom('\x1b[H', '\x1b[999H', '\x1bE', '\x1bD', '\x1bM', '\f', '\v') },
  { weight: 3, arbitrary: fc.constantFrom('\x1b7', '\x1b8', '\x1b[s', '\x1b[u', '\x1b[?1048h', '\x1b[?1048l') },
  fc.constantFrom('\x1bc', '\x1b[2;5r', '\x1b[3r', '\x1b[r', '\x1b[!p'),
  fc.constantFrom('\x1b[?1049h', '\x1b[?47h', '\x1b[?1047h', '\x1b[?1049l', '\x1b[?47l', '\x1b[?1047l'),
);
const inLine = fc.oneof(
  { weight: 5, arbitrary: text.map((characters) => characters.join('')) },
  { weight: 2, arbitrary: fc.constantFrom('\r', '\b', '\x1b[K', '\x1b[1K', '\x1b[2K', '\x1b[3Z') },
  { weight: 2, arbitrary: move },
  fc.constantFrom('\x1b[J', '\x1b[1J'),
  fc.constantFrom('\x1b[31m', '\x1b(0lqk\x1b(B', '\x1b)0\x0eab\x0f', 'ab\x1b[3b', '\x1b[4hins\x1b[4l'),
);
/** A unit, and whether it can move the cursor to another row. */
const unit = fc.oneof(
  { weight: 3, arbitrary: inLine.map((output) => ({ output, moves: false })) },
  { weight: 2, arbitrary: row.map((output) => ({ output, moves: true })) },
);

/** Whether all of `some` are among `all`, in their order. */
function isInOrder(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const each of all) if (each === some[at]) at++;
  return at === some.length;
}

test('every line that was completed on a screen is in the text, in order, and no other', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(
      fc.array(unit, { maxLength: 80 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 2000, max: 6000 }),
      (units, chunks, maxBytes) => {
        const moving = new Set(units.filter(({ moves }) => moves).map(({ output }) => output));
        const parts = units.map(({ output }) => output);
        const { output, completed, seen } = watchScreen(parts, SCREEN_ROWS, (part) => moving.has(part));
        const reader = write(join(folder, String(run++)), Buffer.from(output), chunks);
        const readers = {
          pages: readPages(reader, maxBytes),
          tail: readTail(reader, { lines: 1000, maxBytes: 1 << 20, ended: true }).text.split('\n'),
          search: search({ folder: reader.folder, cursor: 0, pattern: '', context: 0, maxMatches: 1e6 }).matches.map(
            (match) => match.text,
          ),
        };
        for (const [name, lines] of Object.entries(readers)) {
          const shown = lines.map((each) => each.trimEnd()).filter((each) => each !== '');
          assert.ok(isInOrder(completed, shown), `${name}: ${JSON.stringify({ output, completed, shown })}`);
          for (const each of shown) assert.ok(seen.has(each), `${name}: ${JSON.stringify({ output, each })}`);
        }
      },
    ),
    { numRuns: repeats(5000, 150) },
  );
});

/** Writes in chunks of the given sizes, over and over. */
function write(folder: string, bytes: Buffer, chunks: readonly number[]): LogReader {
  const writer = new LogWriter(folder, 1 << 25);
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const chunk = bytes.subarray(at, at + (chunks[turn % chunks.length] as number));
    writer.write('stdout', chunk, chunk.length);
    at += chunk.length;
  }
  writer.close();
  return new LogReader(folder);
}

function readPages(reader: LogReader, maxBytes: number): string[] {
  let text = '';
  for (let cursor = 0, end = 1; cursor < end;) {
    const page = readText(reader, { cursor, maxBytes, ended: true });
    assert.ok(Buffer.byteLength(page.text) <= maxBytes);
    text += page.text;
    ({ next: cursor, end } = page);
  }
  return text.split('\n');
}
