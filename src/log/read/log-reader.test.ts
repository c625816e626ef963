import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { search } from '../search/log-search.ts';
import type { Piece } from '../store/log-piece.ts';
import { indexPath, listSegments, segmentPath, type Stream, STREAMS } from '../store/log-segments.ts';
import { LogWriter } from '../store/log-writer.ts';
import { IndexReader, IndexWriter } from '../store/transition-index.ts';
import { BLOCK_BYTES, LogReader } from './log-reader.ts';
import { readTail } from './log-tail.ts';
import { readRaw } from './raw-page.ts';
import { readText } from './text-page.ts';

type Chunk = readonly [Stream, Uint8Array];

const stream = fc.constantFrom(...STREAMS);

function writeLog(folder: string, maxSize: number, chunks: readonly Chunk[], gapMs = 0): LogReader {
  const writer = new LogWriter(folder, maxSize);
  chunks.forEach(([to, bytes], at) => writer.write(to, bytes, bytes.length, 1000 + at * gapMs));
  writer.close();
  return new LogReader(folder);
}

/** Describes what was written: a letter for the stream and two digits for each byte, such as `o61`. */
function cells(pieces: Iterable<readonly [Stream, Uint8Array]>): string[] {
  return [...pieces].flatMap(([from, bytes]) =>
    Array.from(bytes, (byte) => `${from[3]}${byte.toString(16).padStart(2, '0')}`),
  );
}

function read(pieces: Iterable<Piece>): string[] {
  return cells([...pieces].map(({ stream: from, bytes }) => [from, bytes] as const));
}

test('reads any range of a log as it was written, forwards and backwards', (t) => {
  const folder = scratchFolder(t);
  const sizes = fc.constantFrom(80, 800, 1 << 20);
  const chunks = fc.array(fc.tuple(stream, fc.uint8Array({ maxLength: 60 })), { maxLength: 30 });
  let run = 0;
  fc.assert(
    fc.property(sizes, chunks, fc.nat(1000), fc.nat(1000), fc.nat(60), (maxSize, written, a, b, gapMs) => {
      const reader = writeLog(join(folder, String(run++)), maxSize, written, gapMs);
      const all = cells(written);
      const range = reader.range();
      assert.equal(range.end, all.length);
      assert.ok(range.start <= Math.max(0, all.length - (maxSize * 7) / 8));
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const expected = all.slice(Math.max(from, range.start), to);
      const pieces = [...reader.pieces(from, to)];
      assert.deepEqual(read(pieces), expected);
      pieces.reduce((end, { offset, bytes }) => {
        assert.equal(offset, end);
        return end + bytes.length;
      }, pieces[0]?.offset ?? 0);
      assert.deepEqual(read([...reader.piecesBackwards(from, to)].reverse()), expected);
    }),
    { numRuns: cases(150) },
  );
});

/** Records as earlier versions wrote them, without the end of the other stream. */
function forgetRuns(folder: string): void {
  for (const start of listSegments(folder)) {
    const path = indexPath(folder, start);
    const bytes = readFileSync(path);
    bytes.fill(0, 8, 16);
    for (let record = 16; record < bytes.length; record += 16) bytes.fill(0, record + 14, record + 16);
    writeFileSync(path, bytes);
  }
}

test('finds what a stream wrote last in the index alone, also in one of an earlier version', (t) => {
  const folder = scratchFolder(t);
  const sizes = fc.constantFrom(80, 800, 1 << 20);
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 60 });
  const chunks = fc.array(fc.tuple(stream, bytes), { minLength: 1, maxLength: 30 });
  let run = 0;
  fc.assert(
    fc.property(
      sizes,
      chunks,
      fc.nat(1000),
      fc.nat(60),
      fc.boolean(),
      (maxSize, written, at, gapMs, isOld) => {
        const reader = writeLog(join(folder, String(run++)), maxSize, written, gapMs);
        if (isOld) forgetRuns(reader.folder);
        const writers = written.flatMap(([from, { length }]) => new Array<Stream>(length).fill(from));
        const cursor = Math.min(at, writers.length);
        for (const wanted of STREAMS) {
          const last = writers.lastIndexOf(wanted, cursor - 1);
          const found = reader.lastRun(wanted, cursor);
          if (cursor === 0 || last < reader.range().start) {
            assert.equal(found, undefined);
            continue;
          }
          assert.equal(found?.end, last + 1);
          assert.ok(found.start <= last);
          assert.ok(writers.slice(found.start, found.end).every((from) => from === wanted));
        }
      },
    ),
    { numRuns: cases(300) },
  );
});

test('finds what a stream wrote last, however much the other one has written since', (t) => {
  const records = 70_000;
  const since = new Array<Chunk>(records).fill(['stdout', Buffer.from('x')]);
  for (const maxSize of [1 << 20, 400_000]) {
    const folder = join(scratchFolder(t), 'log');
    const reader = writeLog(folder, maxSize, [['stderr', Buffer.from('half')], ...since], 100);
    assert.equal(listSegments(folder).length, maxSize === 400_000 ? 2 : 1);
    assert.deepEqual(reader.lastRun('stderr', records + 4), { start: 0, end: 4 });
  }
});

test('uses the end of a previous stream for that stream only', (t) => {
  // A writer leaves such a header if its first record did not fit and the next output was of the other stream.
  const folder = scratchFolder(t);
  const writeSegment = (start: number, before: number, streams: readonly Stream[]): void => {
    const index = new IndexWriter(indexPath(folder, start), { stream: 'stderr', end: before });
    streams.forEach((of, at) => index.append({ offset: start + at, stream: of, timeMs: 0 }));
    index.close();
    writeFileSync(segmentPath(folder, start), 'x'.repeat(streams.length));
  };
  writeSegment(0, 0, ['stdout', 'stderr', 'stdout']);
  writeSegment(3, 2, ['stderr']);
  assert.deepEqual(new LogReader(folder).lastRun('stdout', 4), { start: 2, end: 3 });
});

test('sees what is written between two reads', (t) => {
  const folder = scratchFolder(t);
  const turn = fc.oneof(
    fc.tuple(stream, fc.uint8Array({ minLength: 1, maxLength: 40 })),
    fc.constant('read'),
  );
  let run = 0;
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 40 }), (turns) => {
      const path = join(folder, String(run++));
      const writer = new LogWriter(path, 1 << 20);
      const reader = new LogReader(path);
      const written: Chunk[] = [];
      const seen: string[] = [];
      const readOn = (): void => void seen.push(...read(reader.pieces(seen.length, Infinity)));
      for (const each of turns) {
        if (typeof each === 'string') readOn();
        else {
          writer.write(...each, each[1].length);
          written.push(each);
        }
      }
      readOn();
      writer.close();
      assert.deepEqual(seen, cells(written));
    }),
    { numRuns: cases(150) },
  );
});

test('reads a large log in pieces of at most a block, each with its stream', (t) => {
  const chunks = Array.from({ length: 1000 }, (_, at): Chunk => {
    return [STREAMS[Number(at % 3 === 0)]!, Buffer.alloc(1 + ((at * 37) % 900), at)];
  });
  const reader = writeLog(scratchFolder(t), 1 << 21, chunks, 30);
  const pieces = [...reader.pieces(0, Infinity)];
  assert.ok(pieces.every(({ bytes }) => bytes.length > 0 && bytes.length <= BLOCK_BYTES));
  const joined = (of: Stream, parts: readonly Chunk[]): Buffer =>
    Buffer.concat(parts.filter(([from]) => from === of).map(([, bytes]) => bytes));
  const got = pieces.map(({ stream: from, bytes }): Chunk => [from, bytes]);
  for (const each of STREAMS) assert.ok(joined(each, got).equals(joined(each, chunks)));
});

test('records when each stream wrote', (t) => {
  const { folder } = writeLog(
    scratchFolder(t),
    1 << 20,
    [
      ['stdout', Buffer.from('a')],
      ['stderr', Buffer.from('b')],
      ['stdout', Buffer.from('c')],
    ],
    250,
  );
  const index = new IndexReader(indexPath(folder, 0));
  const times = [0, 1, 2].map((record) => index.at(record).timeMs);
  index.close();
  assert.deepEqual(times, [1000, 1250, 1500]);
});

test('returns an empty range and nothing to read if there is no log', (t) => {
  for (const folder of [scratchFolder(t), join(scratchFolder(t), 'missing')]) {
    const reader = new LogReader(folder);
    assert.deepEqual(reader.range(), { start: 0, end: 0 });
    assert.deepEqual([...reader.pieces(0, 100), ...reader.piecesBackwards(0, 100)], []);
  }
});

// Promise: cut-files
test('reads each byte once if an index ends with zeros, as after a power failure', (t) => {
  const folder = scratchFolder(t);
  // Records of the same stream are due to the time that has passed.
  const chunks = Array.from({ length: 24 }, (_, at): Chunk => {
    return [at % 8 < 4 ? 'stdout' : 'stderr', Buffer.from([at, at])];
  });
  const reader = writeLog(folder, 1 << 20, chunks, 5000);
  const bytes = Buffer.concat(chunks.map(([, each]) => each));
  const path = indexPath(folder, 0);
  const index = readFileSync(path);
  // The header stays.
  for (let size = 16; size < index.length; size++) {
    writeFileSync(path, Buffer.concat([index.subarray(0, size), Buffer.alloc(index.length - size)]));
    for (let from = 0; from < bytes.length; from++) {
      const pieces = [...reader.pieces(from, bytes.length)].map((piece) => piece.bytes);
      assert.deepEqual(Buffer.concat(pieces), bytes.subarray(from));
    }
  }
});

// Promise: cut-files
test('reads a log and an index that are cut at any byte up to there', (t) => {
  const folder = scratchFolder(t);
  const chunks = ['one\n', 'TWO\n', 'three', 'FOUR\n'].map((text, at): Chunk => [
    STREAMS[at % 2]!,
    Buffer.from(text),
  ]);
  const whole = writeLog(join(folder, 'whole'), 1 << 20, chunks);
  const bytes = Buffer.concat(chunks.map(([, each]) => each));
  const [logSize, indexSize] = [segmentPath, indexPath].map((path) => statSync(path(whole.folder, 0)).size);
  assert.deepEqual([logSize, indexSize], [18, 16 * 5]);
  const cut = new LogReader(join(folder, 'cut'));
  mkdirSync(cut.folder);
  for (let log = 0; log <= 18; log++) {
    for (let index = 0; index <= 16 * 5; index++) {
      for (const [path, size] of [[segmentPath, log] as const, [indexPath, index] as const]) {
        copyFileSync(path(whole.folder, 0), path(cut.folder, 0));
        truncateSync(path(cut.folder, 0), size);
      }
      // Bytes behind the last whole record belong to it. Without a record, they count as stdout.
      const records = Math.max(0, Math.floor(index / 16) - 1);
      const expected = chunks.map(([, each], at): Chunk => {
        return [STREAMS[(records === 0 ? 0 : Math.min(at, records - 1)) % 2]!, each];
      });
      assert.deepEqual(read(cut.pieces(0, Infinity)), cells(expected).slice(0, log));
      const request = { cursor: 0, maxBytes: 100, ended: true };
      assert.deepEqual(readRaw(cut, request).bytes, bytes.subarray(0, log));
      assert.equal(readText(cut, request).next, log);
      assert.equal(readTail(cut, { ...request, lines: 9 }).next, log);
      const found = search({ folder: cut.folder, cursor: 0, pattern: 'one', context: 1, maxMatches: 9 });
      assert.equal(found.matches.length, log >= 3 ? 1 : 0);
    }
  }
});

test('skips a segment that is cut, missing or unreadable, and reads the others', (t) => {
  const folder = scratchFolder(t);
  const chunks = ['aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc'].map((text): Chunk => [
    'stderr',
    Buffer.from(text),
  ]);
  const damages: [string, (path: string) => void][] = [
    ['aaaaaaaaaabbbbcccccccccc', (path) => truncateSync(segmentPath(path, 10), 4)],
    ['aaaaaaaaaacccccccccc', (path) => rmSync(segmentPath(path, 10))],
    ['aaaaaaaaaacccccccccc', (path) => rmSync(indexPath(path, 10))],
    ['aaaaaaaaaacccccccccc', (path) => writeFileSync(indexPath(path, 10), Buffer.alloc(32, 'BGJIDX\x02\0'))],
  ];
  damages.forEach(([expected, damage], at) => {
    const reader = writeLog(join(folder, String(at)), 80, chunks);
    assert.deepEqual(listSegments(reader.folder), [0, 10, 20]);
    damage(reader.folder);
    const text = (pieces: Piece[]): string => pieces.map(({ bytes }) => bytes.toString()).join('');
    assert.equal(text([...reader.pieces(0, 30)]), expected);
    assert.equal(text([...reader.piecesBackwards(0, 30)].reverse()), expected);
    const request = { cursor: 0, maxBytes: 100, ended: true };
    assert.equal(readText(reader, request).text, expected);
    assert.equal(readText(reader, { ...request, ended: false }).next, 30);
  });
});

test('leaves a gap for a segment that is dropped during a read', (t) => {
  const chunks = ['aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc'].map((text): Chunk => [
    'stdout',
    Buffer.from(text),
  ]);
  const reader = writeLog(scratchFolder(t), 80, chunks);
  const texts: string[] = [];
  for (const { offset, bytes } of reader.pieces(0, 30)) {
    for (const path of [segmentPath, indexPath]) rmSync(path(reader.folder, 10), { force: true });
    texts.push(`${offset}:${bytes.toString()}`);
  }
  assert.deepEqual(texts, ['0:aaaaaaaaaa', '20:cccccccccc']);
});

test('reads a log to its end although the last segment is unreadable', (t) => {
  const reader = writeLog(scratchFolder(t), 80, [['stdout', Buffer.from('0123456789abcde')]]);
  rmSync(indexPath(reader.folder, 10));
  const request = { cursor: 0, maxBytes: 100, ended: true };
  for (const page of [readText(reader, request), readRaw(reader, request)]) assert.equal(page.next, 15);
});
