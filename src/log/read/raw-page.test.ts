import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { type Stream, STREAMS } from '../store/log-segments.ts';
import { LogWriter } from '../store/log-writer.ts';
import { LogReader } from './log-reader.ts';
import { readRaw } from './raw-page.ts';

type Chunk = readonly [Stream, Uint8Array];

function logOf(context: TestContext, maxSize: number, ...chunks: [Stream, string | Uint8Array][]): LogReader {
  const reader = new LogReader(scratchFolder(context));
  const writer = new LogWriter(reader.folder, maxSize);
  for (const [stream, bytes] of chunks) writer.write(stream, Buffer.from(bytes), Buffer.byteLength(bytes));
  writer.close();
  return reader;
}

function bytesOf(chunks: readonly Chunk[], stream?: Stream): Buffer {
  return Buffer.concat(chunks.filter(([from]) => from === (stream ?? from)).map(([, bytes]) => bytes));
}

const stream = fc.constantFrom(...STREAMS);
const choice = fc.constantFrom(undefined, ...STREAMS);
/** Whole and broken characters and escape sequences, cut anywhere. */
const bytes = fc.array(
  fc.oneof(
    fc
      .constantFrom('a', '\n', 'é', '€', '\u{1f600}', '\x1b[31m', '\x1b]0;t\x07', '\x1b]', '\r')
      .map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 5 }).map((each) => Buffer.from(each)),
  ),
  { maxLength: 12 },
);
const chunk = fc.tuple(
  stream,
  fc.tuple(bytes, fc.nat(3)).map(([parts, cut]) => Buffer.concat(parts).subarray(cut)),
);
const maxBytes = fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 4000 }));

test('returns every byte of the requested streams exactly once in pages of any size', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  const sizes = fc.array(maxBytes, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 30 }), sizes, choice, (chunks, allSizes, only) => {
      const reader = new LogReader(join(folder, String(run++)));
      const writer = new LogWriter(reader.folder, 1 << 20);
      for (const [to, each] of chunks) writer.write(to, each, each.length);
      writer.close();
      const { end } = reader.range();
      const parts: Buffer[] = [];
      for (let cursor = 0, count = 0; cursor < end; count++) {
        const size = allSizes[count % allSizes.length]!;
        const page = readRaw(reader, { cursor, maxBytes: size, stream: only, ended: true });
        assert.ok(page.bytes.length <= size);
        assert.ok(page.next > cursor, 'it continues');
        assert.deepEqual([page.start, page.end, page.dropped], [cursor, end, 0]);
        parts.push(page.bytes);
        cursor = page.next;
      }
      assert.deepEqual(Buffer.concat(parts), bytesOf(chunks, only));
    }),
    { numRuns: cases(200) },
  );
});

test('returns every byte exactly once while the log is written', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(fc.array(fc.oneof(chunk, maxBytes), { maxLength: 50 }), choice, (turns, only) => {
      const reader = new LogReader(join(folder, String(run++)));
      const writer = new LogWriter(reader.folder, 1 << 20);
      const chunks: Chunk[] = [];
      const parts: Buffer[] = [];
      let cursor = 0;
      const readOn = (size: number, ended: boolean): void => {
        const page = readRaw(reader, { cursor, maxBytes: size, stream: only, ended });
        assert.ok(page.bytes.length <= size);
        parts.push(page.bytes);
        cursor = page.next;
      };
      for (const turn of turns) {
        if (typeof turn === 'number') readOn(turn, false);
        else {
          writer.write(...turn, turn[1].length);
          chunks.push(turn);
        }
      }
      writer.close();
      while (cursor < writer.end) readOn(100, true);
      assert.deepEqual(Buffer.concat(parts), bytesOf(chunks, only));
    }),
    { numRuns: cases(200) },
  );
});

test('returns every byte, or counts it as dropped, while old output is dropped', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  const sizes = fc.constantFrom(80, 400);
  fc.assert(
    fc.property(fc.array(fc.oneof(chunk, maxBytes), { maxLength: 50 }), sizes, (turns, maxSize) => {
      const reader = new LogReader(join(folder, String(run++)));
      const writer = new LogWriter(reader.folder, maxSize);
      let written = Buffer.alloc(0);
      let cursor = 0;
      const readOn = (size: number, ended: boolean): void => {
        const page = readRaw(reader, { cursor, maxBytes: size, ended });
        assert.equal(page.start, cursor + page.dropped);
        assert.deepEqual(page.bytes, written.subarray(page.start, page.next));
        cursor = page.next;
      };
      for (const turn of turns) {
        if (typeof turn === 'number') readOn(turn, false);
        else {
          writer.write(...turn, turn[1].length);
          written = Buffer.concat([written, turn[1]]);
        }
      }
      writer.close();
      while (cursor < writer.end) readOn(100, true);
    }),
    { numRuns: cases(200) },
  );
});

test('begins with the first byte that is kept, and reports how many were dropped', (t) => {
  const reader = logOf(t, 80, ['stdout', '0123456789'.repeat(10)]);
  const page = readRaw(reader, { cursor: 5, maxBytes: 16, ended: true });
  assert.deepEqual(
    [page.start, page.dropped, page.next, page.end, page.bytes.toString()],
    [20, 15, 30, 100, '0123456789'],
  );
  assert.equal(page.continued, true, 'dropped output most likely ended in the middle of a line');
  const within = readRaw(reader, { cursor: 30, maxBytes: 15, ended: true });
  assert.deepEqual([within.start, within.dropped], [30, 0]);
});

test('returns an empty page for a cursor at the end or behind it', (t) => {
  const reader = logOf(t, 8000, ['stdout', 'abc\n']);
  for (const cursor of [4, 1000]) {
    const page = readRaw(reader, { cursor, maxBytes: 100, ended: true });
    assert.deepEqual([page.bytes.length, page.continued, page.partial], [0, false, false]);
  }
});

test('waits for the rest of an incomplete character or sequence of a running job', (t) => {
  const request = { cursor: 0, maxBytes: 100 };
  for (const half of ['\x1b[3', '\x1b]0;title', Buffer.from('€').subarray(0, 2)]) {
    const reader = logOf(t, 8000, ['stdout', 'line\nabc'], ['stdout', half]);
    assert.deepEqual(readRaw(reader, { ...request, ended: false }).bytes.toString(), 'line\nabc');
    assert.equal(readRaw(reader, { ...request, ended: true }).bytes.length, 8 + Buffer.byteLength(half));
  }
});

test('marks a page as partial if a line of a requested stream is unfinished, and the next one as continued', (t) => {
  const reader = logOf(t, 8000, ['stderr', 'unfinished'], ['stdout', 'one\ntwo\nend']);
  const page = (cursor: number, size: number, only?: Stream): unknown[] => {
    const {
      bytes: each,
      partial,
      continued,
    } = readRaw(reader, {
      cursor,
      maxBytes: size,
      stream: only,
      ended: true,
    });
    return [each.toString(), partial, continued];
  };
  assert.deepEqual(page(0, 8, 'stdout'), ['one\ntwo\n', false, false]);
  assert.deepEqual(page(0, 100, 'stdout'), ['one\ntwo\nend', true, false]);
  assert.deepEqual(page(16, 100, 'stdout'), ['o\nend', true, true]);
  assert.deepEqual(page(14, 4), ['two\n', false, false]);
  assert.deepEqual(page(4, 6), ['nished', true, true]);
});

test('reads no more than about 1 MiB for one page', (t) => {
  const reader = logOf(t, 1 << 25, ['stdout', 'x\n'.repeat(1 << 20)], ['stderr', 'found\n']);
  const request = { maxBytes: 100, stream: 'stderr', ended: true } as const;
  const first = readRaw(reader, { ...request, cursor: 0 });
  assert.equal(first.bytes.length, 0);
  assert.ok(first.next > 0 && first.next < 1.1 * 1024 * 1024);
  let page = first;
  for (let pages = 0; page.bytes.length === 0; pages++) {
    assert.ok(pages < 4);
    page = readRaw(reader, { ...request, cursor: page.next });
  }
  assert.equal(page.bytes.toString(), 'found\n');
});
