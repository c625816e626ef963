import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { type Stream, STREAMS } from '../store/log-segments.ts';
import { LogWriter } from '../store/log-writer.ts';
import { LogReader } from './log-reader.ts';
import { readTail, type Tail } from './log-tail.ts';
import { readText } from './text-page.ts';

type Chunk = readonly [Stream, string];

function writeLog(folder: string, maxSize: number, chunks: readonly Chunk[]): LogReader {
  const writer = new LogWriter(folder, maxSize);
  for (const [stream, text] of chunks) writer.write(stream, Buffer.from(text), Buffer.byteLength(text));
  writer.close();
  return new LogReader(folder);
}

function logOf(context: TestContext, ...chunks: Chunk[]): LogReader {
  return writeLog(scratchFolder(context), 1 << 24, chunks);
}

function tailOf(reader: LogReader, lines: number, maxBytes = 10_000, stream?: Stream): Tail {
  return readTail(reader, { lines, maxBytes, stream, ended: true });
}

/** All lines in the order in which they end, those in progress last. */
function linesOf(chunks: readonly Chunk[], only?: Stream): string[] {
  const open = new Map<Stream, string>();
  const lines: string[] = [];
  for (const [stream, text] of chunks.filter(([from]) => from === (only ?? from))) {
    const parts = `${open.get(stream) ?? ''}${text}`.split('\n');
    const rest = parts.pop() ?? '';
    lines.push(...parts);
    if (parts.length > 0) open.delete(stream);
    if (rest !== '') open.set(stream, rest);
  }
  return [...lines, ...open.values()];
}

test('returns the last lines of both streams or of one, with an unfinished last line', (t) => {
  const folder = scratchFolder(t);
  const text = fc
    .array(fc.tuple(fc.string({ unit: fc.constantFrom('a', 'é', '\u{1f600}'), maxLength: 9 }), fc.boolean()))
    .map((parts) => parts.map(([word, isEnd]) => word + (isEnd ? '\n' : '')).join(''));
  const chunks = fc.array(fc.tuple(fc.constantFrom(...STREAMS), text), { maxLength: 20 });
  const choice = fc.constantFrom(undefined, ...STREAMS);
  let run = 0;
  fc.assert(
    fc.property(chunks, fc.integer({ min: 1, max: 12 }), choice, (written, count, stream) => {
      const reader = writeLog(join(folder, String(run++)), 1 << 20, written);
      const tail = tailOf(reader, count, 10_000, stream);
      const expected = linesOf(written, stream).slice(-count);
      assert.deepEqual(tail.text.replace(/\n$/, ''), expected.join('\n'));
      assert.equal(tail.lines, expected.length);
      assert.deepEqual([tail.next, tail.end], [reader.range().end, reader.range().end]);
      const isEnded = tail.text === '' || tail.text.endsWith('\n');
      assert.equal(tail.partial, !isEnded);
    }),
    { numRuns: cases(250) },
  );
});

test('begins a tail of any number of lines at the beginning of its first line', (t) => {
  const lines = Array.from({ length: 30 }, (_, at) => `line ${at}\n`);
  for (const end of ['', 'unfinished']) {
    const reader = logOf(t, ['stdout', lines.join('') + end]);
    for (let count = 1; count <= 40; count++) {
      const { start, text, dropped, continued, next } = tailOf(reader, count);
      assert.equal(
        text,
        [...lines, end]
          .filter((line) => line !== '')
          .slice(-count)
          .join(''),
      );
      assert.deepEqual([dropped, continued], [0, false]);
      assert.equal(readText(reader, { cursor: start, maxBytes: 10_000, ended: true }).text, text);
      assert.equal(next, reader.range().end);
    }
  }
});

test('omits lines from the beginning of a tail that does not fit', (t) => {
  const reader = logOf(t, ['stdout', Array.from({ length: 30 }, (_, at) => `line ${10 + at}\n`).join('')]);
  const { text, lines, start } = tailOf(reader, 30, 64);
  assert.equal(text, Array.from({ length: 8 }, (_, at) => `line ${32 + at}\n`).join(''));
  assert.deepEqual([lines, start], [8, 22 * 8]);
});

test('shows the end of a line that does not fit into the tail', (t) => {
  for (const end of ['\n', '']) {
    const reader = logOf(t, ['stdout', `first\n${'é'.repeat(1000)}!${end}`]);
    const { text, lines, start, continued } = tailOf(reader, 5, 100);
    assert.equal(text, `${'é'.repeat(49)}!${end}`);
    assert.deepEqual([lines, start, continued], [1, 6 + 951 * 2, true]);
  }
});

test('returns an empty tail for an empty log', (t) => {
  for (const reader of [logOf(t), new LogReader(join(scratchFolder(t), 'missing'))]) {
    assert.deepEqual(tailOf(reader, 5), {
      ...{ start: 0, next: 0, end: 0, dropped: 0, partial: false, continued: false },
      ...{ text: '', lines: 0 },
    });
  }
});

test('returns what is kept if older lines are dropped', (t) => {
  const lines = Array.from({ length: 100 }, (_, at) => `line ${at}\n`).join('');
  const reader = writeLog(scratchFolder(t), 160, [['stdout', lines]]);
  const { start, end } = reader.range();
  const tail = tailOf(reader, 1000);
  assert.deepEqual([tail.start, tail.text], [start, lines.slice(start)]);
  assert.deepEqual([tail.continued, tail.dropped], [true, start]);
  assert.equal(tailOf(reader, 3).text, 'line 97\nline 98\nline 99\n');
  assert.equal(tailOf(reader, 3).dropped, 0, 'no older line was requested');
  assert.equal(tailOf(reader, 1000, 20).dropped, 0, 'the room was too small');
  assert.equal(tailOf(reader, 3).next, end);
});

test('shows the end of 2 MiB without a line end', (t) => {
  const reader = logOf(t, ['stdout', 'x'.repeat(2 << 20)], ['stdout', 'the end']);
  const { text, partial, continued, next, lines } = tailOf(reader, 3, 100);
  assert.equal(text, `${'x'.repeat(93)}the end`);
  assert.deepEqual([partial, continued, next, lines], [true, true, (2 << 20) + 7, 1]);
});

test('shows all of a line that the other stream began long before', (t) => {
  const lines = 'y\n'.repeat(10_000);
  const reader = logOf(
    t,
    ['stderr', 'begin\nlong '],
    ['stdout', lines],
    ['stderr', 'story\n'],
    ['stdout', 'end\n'],
  );
  assert.equal(tailOf(reader, 2).text, 'long story\nend\n');
  assert.equal(tailOf(reader, 1, 100, 'stderr').text, 'long story\n');
});

test('finds lines of one stream although the other one has written much since', (t) => {
  const reader = logOf(t, ['stderr', 'one\ntwo\n'], ['stdout', 'x'.repeat(500_000)]);
  assert.equal(tailOf(reader, 1, 100, 'stderr').text, 'two\n');
  assert.equal(tailOf(reader, 5, 100, 'stderr').text, 'one\ntwo\n');
});

test('does not count output that shows nothing as a line', (t) => {
  const reader = logOf(t, ['stdout', '\x1b[31mred\n\x1b[0m'], ['stderr', 'warning\n\x1b[0m']);
  assert.deepEqual([tailOf(reader, 1).text, tailOf(reader, 2).text], ['warning\n', 'red\nwarning\n']);
  assert.equal(tailOf(reader, 1).partial, false);
});

test('shows a progress bar as one line, which a page from the end of the tail continues', (t) => {
  const folder = scratchFolder(t);
  const bar = Array.from({ length: 5000 }, (_, at) => `\r[${'#'.repeat(at / 100).padEnd(50)}] ${at}`).join(
    '',
  );
  const writer = new LogWriter(folder, 1 << 20);
  const write = (text: string): void => writer.write('stdout', Buffer.from(text), Buffer.byteLength(text));
  write(`begin\n${bar}`);
  const reader = new LogReader(folder);
  const tail = readTail(reader, { lines: 2, maxBytes: 1000, ended: false });
  assert.equal(tail.text, `begin\n[${'#'.repeat(49)} ] 4999`);
  write('\rdone\x1b[K\n');
  writer.close();
  const page = readText(reader, { cursor: tail.next, maxBytes: 1000, ended: true });
  assert.deepEqual([page.text, page.continued], ['done\n', 'replaces']);
});

test('leaves an incomplete character at the end for later', (t) => {
  const folder = scratchFolder(t);
  const writer = new LogWriter(folder, 1 << 20);
  writer.write('stdout', Buffer.from(`${'abc\n'.repeat(100)}caf\u00e9`), 404);
  const tail = readTail(new LogReader(folder), { lines: 1, maxBytes: 1000, ended: false });
  assert.deepEqual([tail.text, tail.next, tail.end], ['caf', 403, 404]);
  writer.write('stdout', Buffer.of(0xa9), 1);
  writer.close();
  assert.equal(readText(new LogReader(folder), { cursor: 403, maxBytes: 100, ended: true }).text, 'é');
});
