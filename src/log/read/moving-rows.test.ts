import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { unit } from '../../../test/support/terminal-output.ts';
import { type Match, search } from '../search/log-search.ts';
import { LogWriter } from '../store/log-writer.ts';
import { LogReader } from './log-reader.ts';
import { readTail } from './log-tail.ts';
import { readText } from './text-page.ts';

/** A page has room for a row of any length that occurs, and for what is written to it. */
const PAGE_BYTES = fc.integer({ min: 2000, max: 4000 });

const output = fc.array(unit, { maxLength: 700 }).map((units) => units.map((each) => each.output).join(''));

test('shows the same lines of a stream that moves between rows in pages of any size, tails and searches', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(output, PAGE_BYTES, fc.integer({ min: 1, max: 5 }), (text, maxBytes, maxMatches) => {
      const reader = write(join(folder, String(run++)), text);
      const { text: whole } = readText(reader, { cursor: 0, maxBytes: 1 << 20, ended: true });
      assert.equal(pagesOf(reader, maxBytes), whole);
      const lines = whole.replace(/\n$/, '').split('\n');
      for (const count of [1, 2, 7]) {
        const tail = readTail(reader, { lines: count, maxBytes: 1 << 20, ended: true });
        assert.deepEqual(tail.text.replace(/\n$/, '').split('\n'), lines.slice(-count));
      }
      const found = matchesOf(reader, maxMatches);
      const expected = matchesOf(reader, Infinity);
      const place = ({ start, end, text: shown }: Match): unknown[] => [start, end, shown];
      assert.deepEqual(found.map(place), expected.map(place));
    }),
    { numRuns: cases(60, 3000) },
  );
});

/** A job that draws a table of rows again and again, as `docker pull` does. */
function table(rows: number, rounds: number): string {
  const names = Array.from({ length: rows }, (_, row) => `layer ${row}`);
  const first = names.map((name) => `${name}: waiting\n`).join('');
  const drawn = Array.from({ length: rounds }, (_, round) => {
    const row = round % rows;
    return `\x1b[${rows - row}A\x1b[2K\r${names[row]}: ${round}%\r\x1b[${rows - row}B`;
  });
  return `${first}${drawn.join('')}done\n`;
}

test('reads each state of a table from every cursor that it returned', (t) => {
  const text = table(8, 6000);
  const reader = write(scratchFolder(t), text);
  const expected = [
    ...Array.from({ length: 8 }, (_, row) => `layer ${row}: waiting`),
    ...Array.from({ length: 6000 }, (_, round) => `layer ${round % 8}: ${round}%`),
    'done',
  ];
  assert.ok(Buffer.byteLength(text) > 128 * 1024, 'more than is drawn before a page');
  for (const maxBytes of [500, 8000]) {
    assert.equal(pagesOf(reader, maxBytes), expected.map((line) => `${line}\n`).join(''));
  }
  const tail = readTail(reader, { lines: 3, maxBytes: 1000, ended: true });
  assert.equal(tail.text, 'layer 6: 5998%\nlayer 7: 5999%\ndone\n');
  assert.equal(tail.lines, 3);
  const found = search({
    folder: reader.folder,
    cursor: 0,
    pattern: '^layer 3: 5\\d9\\d%$',
    context: 0,
    maxMatches: 99,
  });
  for (const match of found.matches) {
    const page = readText(reader, { cursor: match.start, maxBytes: 500, ended: true });
    assert.deepEqual([page.text.split('\n')[0], page.continued], [match.text, false]);
  }
});

test('shows a row completely if a part of it changes', (t) => {
  // A screen as `watch` draws it: only the characters that differ.
  const rows = ['Every 2.0s: status', '', 'pod-a   Pending', 'pod-b   Pending'];
  const first = `\x1b[H\x1b[2J${rows.map((row, at) => `\x1b[${at + 1};1H${row}`).join('')}`;
  const reader = write(scratchFolder(t), `${first}\x1b[3;9HRunning\x1b[K\x1b[4;9HFailed\x1b[K\x1b[5;1H`);
  const found = (pattern: string): string[] =>
    search({ folder: reader.folder, cursor: 0, pattern, context: 0, maxMatches: 9 }).matches.map(
      ({ text }) => text,
    );
  assert.deepEqual(found('^pod-a'), ['pod-a   Pending', 'pod-a   Running']);
  assert.deepEqual(found('pod-b.*Failed'), ['pod-b   Failed']);
  const cursor = Buffer.byteLength(first);
  const page = readText(reader, { cursor, maxBytes: 1000, ended: true });
  // The page begins with the end of the line that was in progress at the cursor.
  assert.deepEqual([page.text, page.continued], ['\npod-a   Running\npod-b   Failed\n', true]);
});

test('does not show an image in sixels, wherever a page begins', (t) => {
  const row = `${'#0!40~'.repeat(20)}$${'#1!9?'.repeat(20)}-\n`;
  const image = `\x1bP0;1;q"1;1;800;800${row.repeat(400)}\x1b\\`;
  const reader = write(scratchFolder(t), `before\n${image}after\nend\n`);
  assert.equal(pagesOf(reader, 1000), 'before\nafter\nend\n');
  assert.equal(readTail(reader, { lines: 9, maxBytes: 1000, ended: true }).text, 'before\nafter\nend\n');
  for (const part of [0.1, 0.5, 0.9]) {
    const cursor = Math.floor(image.length * part);
    assert.equal(readText(reader, { cursor, maxBytes: 1000, ended: true }).text, 'after\nend\n');
  }
});

test('loses no more than a word to an image in sixels that is never closed', (t) => {
  const reader = write(scratchFolder(t), '\x1bPq#0~~\nCompiled 3 files\nok then\n');
  assert.equal(pagesOf(reader, 1000), ' 3 files\nok then\n');
});

function matchesOf(reader: LogReader, maxMatches: number): Match[] {
  const all: Match[] = [];
  for (let cursor = 0, more = true; more;) {
    const result = search({ folder: reader.folder, cursor, pattern: '\\w', context: 0, maxMatches });
    all.push(...result.matches);
    assert.ok(!result.more || result.next > cursor);
    ({ next: cursor, more } = result);
  }
  return all;
}

function pagesOf(reader: LogReader, maxBytes: number): string {
  let text = '';
  const { end } = reader.range();
  for (let cursor = 0; cursor < end;) {
    const page = readText(reader, { cursor, maxBytes, ended: true });
    assert.ok(Buffer.byteLength(page.text) <= maxBytes);
    assert.ok(page.next > cursor);
    text += page.text;
    cursor = page.next;
  }
  return text;
}

function write(folder: string, text: string): LogReader {
  const writer = new LogWriter(folder, 1 << 24);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 700) {
    const part = bytes.subarray(at, at + 700);
    writer.write('stdout', part, part.length);
  }
  writer.close();
  return new LogReader(folder);
}
