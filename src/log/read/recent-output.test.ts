import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import type { Piece } from '../store/log-piece.ts';
import { segmentSizeOf, type Stream, STREAMS } from '../store/log-segments.ts';
import { LogWriter } from '../store/log-writer.ts';
import { KnownFiles } from './log-files.ts';
import { LogReader } from './log-reader.ts';
import { readTail } from './log-tail.ts';
import type { PageRequest } from './page.ts';
import { readRaw } from './raw-page.ts';
import { RECENT_BYTES, RecentOutput } from './recent-output.ts';
import { readText } from './text-page.ts';

/** A log that is written, and a reader of it with a memory that gets notices of new output. */
function openLog(folder: string, maxSize: number) {
  const writer = new LogWriter(folder, maxSize);
  const recent = new RecentOutput();
  const files = new KnownFiles(folder, segmentSizeOf(maxSize));
  return {
    writer,
    recent,
    disk: new LogReader(folder),
    memory: new LogReader(folder, undefined, files, recent),
  };
}

/** What happens to the notice of a piece of output. */
const delivery = fc.constantFrom('at once', 'later', 'twice', 'never');

const text = fc
  .array(
    fc.constantFrom(
      'a',
      'line\n',
      '\n',
      'é',
      '€\n',
      '\t',
      '\r',
      '\x1b[31m',
      '\x1b[',
      '\x1b[2A',
      '\0',
      'word ',
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.from(parts.join('')));

const write = fc.record({ stream: fc.constantFrom(...STREAMS), bytes: text, delivery });
const read = fc.record({
  cursor: fc.double({ min: 0, max: 1, noNaN: true }),
  maxBytes: fc.integer({ min: 64, max: 3000 }),
});
const step = fc.oneof(write, write, write, read);

/** Describes each byte: its cursor, its stream and its value. */
function cells(pieces: Iterable<Piece>): string[] {
  return [...pieces].flatMap(({ stream, offset, bytes }) =>
    Array.from(bytes, (byte, at) => `${offset + at} ${stream} ${byte}`),
  );
}

test('reads the same with and without memory, whatever happens to the notices of new output', (t) => {
  const folder = scratchFolder(t);
  const maxSizes = fc.constantFrom(80, 800, 1 << 20);
  let run = 0;
  const property = fc.property(maxSizes, fc.array(step, { maxLength: 40 }), (maxSize, steps) => {
    const { writer, recent, disk, memory } = openLog(join(folder, String(run++)), maxSize);
    let late: (() => void)[] = [];
    for (const each of steps) {
      if ('bytes' in each) {
        const offset = writer.end;
        writer.write(each.stream, each.bytes, each.bytes.length);
        const notice = (): void => recent.add(each.stream, offset, Buffer.from(each.bytes));
        if (each.delivery === 'at once' || each.delivery === 'twice') notice();
        if (each.delivery === 'later' || each.delivery === 'twice') late.push(notice);
        continue;
      }
      const cursor = Math.floor(each.cursor * writer.end);
      const to = cursor + each.maxBytes;
      assert.deepEqual(memory.range(), disk.range());
      assert.deepEqual(cells(memory.pieces(cursor, to)), cells(disk.pieces(cursor, to)));
      for (const stream of STREAMS)
        assert.equal(memory.lastRun(stream, cursor)?.end, disk.lastRun(stream, cursor)?.end);
      // The end of a segment cuts pieces on disk.
      if (maxSize < 1 << 20) continue;
      for (const ended of [false, true]) {
        for (const stream of [undefined, ...STREAMS]) {
          const request: PageRequest = { cursor, maxBytes: each.maxBytes, ended, stream };
          assert.deepEqual(readText(memory, request), readText(disk, request));
          assert.deepEqual(readRaw(memory, request), readRaw(disk, request));
          assert.deepEqual(
            readTail(memory, { ...request, lines: 3 }),
            readTail(disk, { ...request, lines: 3 }),
          );
        }
      }
      for (const notice of late) notice();
      late = [];
    }
    writer.close();
  });
  fc.assert(property, { numRuns: cases(120) });
});

test('continues to read at each cursor that it returned, with nothing lost or repeated', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  const written = fc.record({
    stream: fc.constantFrom(...STREAMS),
    size: fc.integer({ min: 1, max: 9000 }),
    delivery,
  });
  const property = fc.property(fc.array(written, { maxLength: 40 }), (writes) => {
    const { writer, recent, memory } = openLog(join(folder, String(run++)), 1 << 22);
    let [expected, shown, next] = ['', '', 0];
    for (const [at, { stream, size, delivery: how }] of writes.entries()) {
      const bytes = Buffer.from(`${'x'.repeat(size)} ${at}\n`);
      const offset = writer.end;
      writer.write(stream, bytes, bytes.length);
      expected += bytes.toString();
      if (how === 'at once') recent.add(stream, offset, bytes);
      if (how === 'later') continue;
      while (next < writer.end) {
        const page = readText(memory, { cursor: next, maxBytes: 8000, ended: false });
        shown += page.text;
        assert.ok(page.next > next);
        next = page.next;
      }
      assert.equal(shown, expected);
    }
    writer.close();
  });
  fc.assert(property, { numRuns: cases(60) });
});

test('answers from memory what was reported, without opening a file', (t) => {
  const { writer, recent, memory } = openLog(join(scratchFolder(t), 'log'), 1 << 20);
  for (const line of ['one\n', 'two\n', 'three\n']) {
    recent.add('stdout', writer.end, Buffer.from(line));
    writer.write('stdout', Buffer.from(line), line.length);
  }
  writer.close();
  // Without the index, nothing can be read from the disk.
  for (const name of readdirSync(memory.folder)) if (name.endsWith('.idx')) rmSync(join(memory.folder, name));
  assert.equal(readText(memory, { cursor: 4, maxBytes: 1000, ended: false }).text, 'two\nthree\n');
  assert.equal(readTail(memory, { lines: 2, maxBytes: 1000, ended: false }).text, 'two\nthree\n');
});

test('reads the end of a log again from memory', (t) => {
  const { writer, memory } = openLog(join(scratchFolder(t), 'log'), 1 << 24);
  const lines = Array.from({ length: 20_000 }, (_, at) => `line ${at} ${'x'.repeat(80)}\n`).join('');
  writer.write('stdout', Buffer.from(lines), lines.length);
  writer.close();
  const tail = readTail(memory, { lines: 50, maxBytes: 8000, ended: true });
  for (const name of readdirSync(memory.folder)) if (name.endsWith('.idx')) rmSync(join(memory.folder, name));
  assert.deepEqual(readTail(memory, { lines: 50, maxBytes: 8000, ended: true }), tail);
});

test('knows what each stream wrote last, whichever parts of the log were read before', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  const written = fc.record({
    stream: fc.constantFrom(...STREAMS),
    size: fc.integer({ min: 1, max: 4000 }),
  });
  const looked = fc.record({
    cursor: fc.double({ min: 0, max: 1, noNaN: true }),
    size: fc.integer({ min: 1, max: 2000 }),
  });
  const property = fc.property(
    fc.array(written, { minLength: 3, maxLength: 12 }),
    fc.array(looked, { minLength: 2, maxLength: 6 }),
    (writes, looks) => {
      const { writer, disk, memory } = openLog(join(folder, String(run++)), 1 << 22);
      for (const { stream, size } of writes) writer.write(stream, Buffer.alloc(size, 'x'), size);
      writer.close();
      for (const { cursor, size } of looks) {
        const from = Math.floor(cursor * (writer.end - 1));
        const to = Math.min(from + size, writer.end);
        assert.deepEqual(cells(memory.pieces(from, to)), cells(disk.pieces(from, to)));
        for (const stream of STREAMS)
          assert.equal(memory.lastRun(stream, to)?.end, disk.lastRun(stream, to)?.end);
      }
    },
  );
  fc.assert(property, { numRuns: cases(200) });
});

test('reads an unfinished line of stderr from before it, after a read from behind it', (t) => {
  const { writer, memory, disk } = openLog(join(scratchFolder(t), 'log'), 1 << 20);
  const lines = (size: number): Buffer => Buffer.from('0123456789abcde\n'.repeat(size / 16));
  for (const [stream, bytes] of [
    ['stdout', lines(91_008)],
    ['stderr', Buffer.from('Progress')],
    ['stdout', lines(30_000)],
  ] as const)
    writer.write(stream, bytes, bytes.length);
  writer.close();
  for (const cursor of [100_000, 90_000, 60_000]) {
    for (const stream of [undefined, ...STREAMS]) {
      const request: PageRequest = { cursor, maxBytes: 8000, ended: true, stream };
      assert.deepEqual(
        readText(memory, request),
        readText(disk, request),
        `${stream ?? 'both'} at ${cursor}`,
      );
    }
  }
});

test('forgets a log that was deleted, and drops what is older than the log', (t) => {
  const { writer, recent, memory, disk } = openLog(join(scratchFolder(t), 'log'), 1 << 20);
  const write = (stream: Stream, bytes: Buffer): void => {
    recent.add(stream, writer.end, bytes);
    writer.write(stream, bytes, bytes.length);
  };
  write('stderr', Buffer.from('error\n'));
  for (let at = 0; at < 40; at++) write('stdout', Buffer.alloc(RECENT_BYTES / 16, 'x\n'));
  assert.deepEqual(memory.lastRun('stderr', writer.end), { start: 0, end: 6 });
  writer.close();
  rmSync(memory.folder, { recursive: true });
  assert.deepEqual([...memory.pieces(0, 1000)], [...disk.pieces(0, 1000)]);
  // Cursors stay valid.
  assert.deepEqual(memory.range(), { start: writer.end, end: writer.end });
  assert.equal(memory.lastRun('stdout', writer.end), undefined);
});
