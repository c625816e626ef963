import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { repeats } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { finalScreen, trimmed } from '../../../test/support/terminal.ts';
import { LogReader } from '../read/log-reader.ts';
import { LogWriter } from '../store/log-writer.ts';
import { readTail } from '../read/log-tail.ts';
import { readText } from '../read/text-page.ts';

/**
 * Left out, where we differ from a terminal on purpose:
 * - movement to other lines, and what begins a new one besides the line feed (VT, FF, NEL): a log has no screen;
 * - the other screen, saved positions, insert mode, line drawing: for programs that fill a screen;
 * - combining marks with nothing in front: xterm.js does not join them to what stands before an escape sequence.
 */
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
