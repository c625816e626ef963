import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { search } from '../search/log-search.ts';
import { type Stream, STREAMS } from '../store/log-segments.ts';
import { LogWriter } from '../store/log-writer.ts';
import { LogReader } from './log-reader.ts';
import { readTail } from './log-tail.ts';
import { readRaw } from './raw-page.ts';
import { readText } from './text-page.ts';

type Chunk = readonly [stream: Stream, bytes: string | Buffer];

function write(folder: string, chunks: readonly Chunk[]): LogReader {
  const writer = new LogWriter(folder, 1 << 24);
  for (const [stream, text] of chunks) {
    const bytes = Buffer.from(text);
    writer.write(stream, bytes, bytes.length);
  }
  writer.close();
  return new LogReader(folder);
}

/** The text of all pages from a cursor on. */
function textOf(reader: LogReader, request: { maxBytes: number; stream?: Stream }, from = 0): string {
  const { end } = reader.range();
  let text = '';
  for (let cursor = from; cursor < end;) {
    const page = readText(reader, { cursor, ...request, ended: true });
    assert.ok(page.next > cursor);
    assert.ok(Buffer.byteLength(page.text) <= request.maxBytes);
    text += page.text;
    cursor = page.next;
  }
  return text;
}

/** More than a reader looks back at once. */
const MUCH = Array.from({ length: 8000 }, (_, at) => `ERROR${at}\n`).join('');

test('resumes a sequence or a character of one stream after the other one filled many pages', (t) => {
  const folder = scratchFolder(t);
  const euro = Buffer.from('€');
  const cases: [before: string | Buffer, after: string | Buffer, shown: string][] = [
    ['\x1b[38;2', ';1;2m', ''],
    ['\x1b', '[1m', ''],
    ['\x1b]8;;https://example.org/', 'some/path\x1b\\', ''],
    ['\x1b]0;title', ' and more\x07', ''],
    [euro.subarray(0, 1), euro.subarray(1), '€'],
  ];
  cases.forEach(([before, after, shown], at) => {
    const reader = write(join(folder, String(at)), [
      ['stdout', 'begin\na '],
      ['stdout', before],
      ['stderr', MUCH],
      ['stdout', after],
      ['stdout', 'end\n'],
    ]);
    for (const maxBytes of [500, 20_000]) {
      assert.equal(textOf(reader, { maxBytes, stream: 'stdout' }), `begin\na ${shown}end\n`);
      const both = textOf(reader, { maxBytes });
      assert.equal(both.replace(/ERROR\d+\n/g, ''), `begin\na ${shown}end\n`);
      assert.equal(both.replace(/a |begin\n|€|end\n/g, ''), MUCH);
    }
    const tail = readTail(reader, { lines: 2, maxBytes: 1000, ended: true });
    assert.match(tail.text, /^ERROR\d+\n.{0,3}end\n$/);
    assert.doesNotMatch(tail.text, /[;[\]\ufffd]/);
    const cursor = reader.range().end - 4 - Buffer.from(after).length;
    const request = { folder: reader.folder, cursor, context: 0, pattern: '', maxMatches: 9 };
    assert.deepEqual(
      search(request).matches.map(({ text }) => text),
      [`${shown}end`],
    );
  });
});

// Promise: interleaved-sequences
test('resumes a sequence or a character that comes in parts with much output of the other stream between them', (t) => {
  const folder = scratchFolder(t);
  const smiley = Buffer.from('\u{1f600}');
  const cases: [parts: (string | Buffer)[], shown: string][] = [
    [['\x1b', '[38', ';2;1', ';2m'], ''],
    [['\x1b]8;;https://', 'example', '.org', '\x1b\\'], ''],
    [[smiley.subarray(0, 1), smiley.subarray(1, 2), smiley.subarray(2, 3), smiley.subarray(3)], '\u{1f600}'],
  ];
  cases.forEach(([parts, shown], at) => {
    const between = parts.flatMap((part): Chunk[] => [
      ['stdout', part],
      ['stderr', MUCH],
    ]);
    const reader = write(join(folder, String(at)), [
      ['stdout', 'begin\na '],
      ...between,
      ['stdout', 'end\n'],
    ]);
    for (const maxBytes of [500, 20_000]) {
      assert.equal(textOf(reader, { maxBytes, stream: 'stdout' }), `begin\na ${shown}end\n`);
      const both = textOf(reader, { maxBytes });
      assert.equal(both.replace(/ERROR\d+\n/g, ''), `begin\na ${shown}end\n`);
    }
  });
});

test('does not hold back a stream while the other one is inside a sequence', (t) => {
  const folder = scratchFolder(t);
  ['\x1b]0;a title that is never closed', '\x1b[3', '\x1b'].forEach((half, at) => {
    const log: Chunk[] = [
      ['stdout', `begin\na${half}`],
      ['stderr', 'ERROR1\nERROR2\nERR'],
    ];
    const reader = write(join(folder, String(at)), log);
    const { end } = reader.range();
    for (const stream of [undefined, 'stderr'] as const) {
      let [text, raw] = ['', ''];
      for (let cursor = 0, next; ; cursor = next) {
        const page = readText(reader, { cursor, stream, maxBytes: 1000, ended: false });
        ({ next } = page);
        text += page.text;
        if (next === cursor) break;
      }
      for (let cursor = 0, next; ; cursor = next) {
        const page = readRaw(reader, { cursor, stream, maxBytes: 1000, ended: false });
        ({ next } = page);
        raw += page.bytes.toString();
        if (next === cursor) break;
      }
      assert.equal(text, `${stream === undefined ? 'begin\na' : ''}ERROR1\nERROR2\nERR`);
      assert.equal(raw, stream === undefined ? log.map(([, bytes]) => bytes).join('') : log[1]?.[1]);
      const tail = readTail(reader, { lines: 9, stream, maxBytes: 1000, ended: false });
      assert.match(tail.text, /ERROR1\nERROR2\n(a\n)?ERR$/);
      assert.equal(tail.next, end);
    }
  });
});

/** The visible characters of the streams differ. */
const SEEN = { stdout: /[a-zé\u{1d4d0}]/gu, stderr: /[A-ZÉ\u{1f600}]/gu };
const SEQUENCES = ['\x1b[31m', '\x1b[38;2;1;2;3m', '\x1b[K', '\x1b]8;;https://[1;]\x1b\\', '\x1b(B'];

/** What one stream writes, and what is visible of it. */
const writing = (words: readonly string[]) =>
  fc.array(fc.constantFrom(...words, '\n', ...SEQUENCES), { maxLength: 60 }).map((units) => ({
    bytes: Buffer.from(units.join('')),
    seen: units.filter((unit) => !unit.startsWith('\x1b')).join(''),
  }));

type Writing = typeof output extends fc.Arbitrary<infer T> ? T : never;

const output = fc.record({
  stdout: writing(['a', 'word', 'é', '\u{1d4d0}']),
  stderr: writing(['A', 'WORD', 'É', '\u{1f600}']),
  sizes: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 12 }),
});

/** The streams in turn, in chunks of the given sizes. */
function chunksOf({ stdout, stderr, sizes }: Writing): [Stream, Buffer][] {
  const left = { stdout: stdout.bytes, stderr: stderr.bytes };
  const chunks: [Stream, Buffer][] = [];
  for (let turn = 0; STREAMS.some((stream) => left[stream].length > 0); turn++) {
    const stream = STREAMS[turn % 2] as Stream;
    const size = sizes[turn % sizes.length] as number;
    chunks.push([stream, left[stream].subarray(0, size)]);
    left[stream] = left[stream].subarray(size);
  }
  return chunks;
}

test('shows what each stream wrote in pages of any size, wherever they begin and end', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(output, fc.integer({ min: 64, max: 400 }), (written, maxBytes) => {
      const reader = write(join(folder, String(run++)), chunksOf(written));
      for (const stream of STREAMS) {
        const { seen } = written[stream];
        assert.equal(textOf(reader, { maxBytes, stream }), seen);
        const both = textOf(reader, { maxBytes }).match(SEEN[stream]) ?? [];
        assert.equal(both.join(''), seen.replaceAll('\n', ''));
      }
    }),
    { numRuns: cases(150, 5000) },
  );
});

test('begins a page of text at any cursor with text only', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(output, fc.nat(), (written, anywhere) => {
      const reader = write(join(folder, String(run++)), chunksOf(written));
      const cursor = anywhere % (reader.range().end + 1);
      for (const stream of STREAMS) {
        const { seen } = written[stream];
        const rest = textOf(reader, { maxBytes: 1000, stream }, cursor);
        assert.equal(seen.endsWith(rest), true, `${JSON.stringify(rest)} of ${JSON.stringify(seen)}`);
      }
    }),
    { numRuns: cases(150, 5000) },
  );
});

test('returns raw pages from any cursor exactly as they were written', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  const choice = fc.constantFrom(undefined, ...STREAMS);
  fc.assert(
    fc.property(
      output,
      fc.nat(),
      fc.integer({ min: 1, max: 300 }),
      choice,
      (written, any, maxBytes, stream) => {
        const chunks = chunksOf(written);
        const reader = write(join(folder, String(run++)), chunks);
        const { end } = reader.range();
        const start = any % (end + 1);
        const pages: Buffer[] = [];
        for (let cursor = start; cursor < end;) {
          const { bytes, next } = readRaw(reader, { cursor, maxBytes, stream, ended: true });
          assert.ok(bytes.length <= maxBytes);
          assert.ok(next > cursor);
          pages.push(bytes);
          cursor = next;
        }
        let offset = 0;
        const expected = chunks.map(([of, bytes]) => {
          const from = Math.max(0, start - offset);
          offset += bytes.length;
          return stream === undefined || of === stream ? bytes.subarray(from) : Buffer.alloc(0);
        });
        assert.deepEqual(Buffer.concat(pages), Buffer.concat(expected));
      },
    ),
    { numRuns: cases(150, 5000) },
  );
});
