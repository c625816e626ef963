import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { finalScreen, trimmed, watchScreen } from '../../../test/support/terminal.ts';
import { line, unit } from '../../../test/support/terminal-output.ts';
import { LogReader } from '../read/log-reader.ts';
import { readTail } from '../read/log-tail.ts';
import { readText } from '../read/text-page.ts';
import { search } from '../search/log-search.ts';
import { LogWriter } from '../store/log-writer.ts';
import { SCREEN_ROWS } from './screen-rows.ts';

/** Tabs are kept where a terminal shows blanks. A terminal tells how many. */
async function asShown(lines: readonly string[]): Promise<string[]> {
  assert.doesNotMatch(lines.join(''), /(?!\t)\p{Cc}/u, 'no control is left');
  const shown = trimmed(lines);
  return shown.some((each) => each.includes('\t')) ? finalScreen(shown.join('\n')) : shown;
}

// Promise: plain-replies
test('shows lines as a terminal does, in chunks and pages of any size', async (t) => {
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
    { numRuns: cases(120, 5000) },
  );
});

test('shows a progress bar that was drawn 5,000 times as one line', async (t) => {
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

/** Whether all of `some` are among `all`, in their order. */
function isInOrder(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const each of all) if (each === some[at]) at++;
  return at === some.length;
}

test('shows every line that was completed on a screen, in order, and no other', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(
      fc.array(unit, { maxLength: 80 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 2000, max: 6000 }),
      // Few rows, of which most lines scroll off, and as many as a terminal has by default.
      fc.constantFrom(12, SCREEN_ROWS),
      (units, chunks, maxBytes, rows) => {
        const moving = new Set(units.filter(({ moves }) => moves).map(({ output }) => output));
        const parts = units.map(({ output }) => output);
        const { output, completed, seen } = watchScreen(parts, rows, (part) => moving.has(part));
        const reader = write(join(folder, String(run++)), Buffer.from(output), chunks, rows);
        const readers = {
          pages: readPages(reader, maxBytes),
          tail: readTail(reader, { lines: 1000, maxBytes: 1 << 20, ended: true }).text.split('\n'),
          search: search({
            folder: reader.folder,
            rows,
            cursor: 0,
            pattern: '',
            context: 0,
            maxMatches: 1e6,
          }).matches.map((match) => match.text),
        };
        for (const [name, lines] of Object.entries(readers)) {
          const shown = lines.map((each) => each.trimEnd()).filter((each) => each !== '');
          assert.ok(isInOrder(completed, shown), `${name}: ${JSON.stringify({ output, completed, shown })}`);
          for (const each of shown) assert.ok(seen.has(each), `${name}: ${JSON.stringify({ output, each })}`);
        }
      },
    ),
    { numRuns: cases(150, 5000) },
  );
});

/** Writes in chunks of the given sizes, over and over. */
function write(folder: string, bytes: Buffer, chunks: readonly number[], rows?: number): LogReader {
  const writer = new LogWriter(folder, 1 << 25);
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const chunk = bytes.subarray(at, at + (chunks[turn % chunks.length] as number));
    writer.write('stdout', chunk, chunk.length);
    at += chunk.length;
  }
  writer.close();
  return new LogReader(folder, undefined, undefined, undefined, rows);
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
