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

/** Each is an array of parts that must not be cut. */
const UNITS = [
  ...['a', 'é', '€', '\u{1f600}', '\n', '\r', '\b'],
  ...['\x1b[31m', '\x1b[2K', '\x1b[10G', '\x1b(B', '\x1b7', '\x1b]0;title\x07', '\x1bPdcs\x1b\\'],
  '\x1b]8;;https://example.org/a/rather/long/path?with=a&query=too\x1b\\',
]
  .map((text) => [Buffer.from(text)])
  .concat(['word', 'line\n'].map((text) => Array.from(text, (letter) => Buffer.from(letter))));

interface Log {
  readonly chunks: readonly (readonly [Stream, Buffer])[];
  /** The offsets at which neither stream is inside a unit. */
  readonly safe: ReadonlySet<number>;
  /** The offsets at which the stream that wrote before is not inside a unit. */
  readonly settled: ReadonlySet<number>;
}

/** Both streams write whole units, which reach the log in chunks that are cut anywhere. */
const log: fc.Arbitrary<Log> = fc
  .record({
    stdout: fc.array(fc.constantFrom(...UNITS), { maxLength: 60 }).map((units) => units.flat()),
    stderr: fc.array(fc.constantFrom(...UNITS), { maxLength: 60 }).map((units) => units.flat()),
    sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 200 })), {
      minLength: 1,
    }),
  })
  .map(({ sizes, ...units }) => {
    const bytes = { stdout: Buffer.concat(units.stdout), stderr: Buffer.concat(units.stderr) };
    const boundaries = { stdout: boundariesOf(units.stdout), stderr: boundariesOf(units.stderr) };
    const done = { stdout: 0, stderr: 0 };
    const chunks: [Stream, Buffer][] = [];
    const safe = new Set([0]);
    const settled = new Set([0]);
    for (let turn = 0; STREAMS.some((each) => done[each] < bytes[each].length); turn++) {
      const stream = STREAMS[turn % 2]!;
      const chunk = bytes[stream].subarray(done[stream]).subarray(0, sizes[turn % sizes.length]);
      if (chunk.length > 0) chunks.push([stream, chunk]);
      for (const end = done[stream] + chunk.length; done[stream] < end;) {
        done[stream]++;
        if (boundaries[stream].has(done[stream])) settled.add(done.stdout + done.stderr);
        if (STREAMS.every((each) => boundaries[each].has(done[each]))) safe.add(done.stdout + done.stderr);
      }
    }
    return { chunks, safe, settled };
  });

function boundariesOf(units: readonly Buffer[]): Set<number> {
  let end = 0;
  return new Set([0, ...units.map((unit) => (end += unit.length))]);
}

/** Checks that an unsafe point is returned only if there is no safe one between `from` and it. */
function checkSafe({ safe }: Log, from: number, next: number): void {
  if (safe.has(next)) return;
  const reachable = [...safe].filter((offset) => offset > from && offset <= next);
  assert.deepEqual(reachable, [], `${next} is not safe`);
}

function write(folder: string, { chunks }: Log, onChunk?: (end: number) => void): LogReader {
  const writer = new LogWriter(folder, 1 << 20);
  for (const [stream, bytes] of chunks) {
    writer.write(stream, bytes, bytes.length);
    onChunk?.(writer.end);
  }
  writer.close();
  return new LogReader(folder);
}

const choice = fc.constantFrom(undefined, ...STREAMS);
const maxBytes = fc.oneof(fc.integer({ min: 64, max: 100 }), fc.integer({ min: 64, max: 1000 }));

test('ends every page of a log at a safe point', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(log, maxBytes, choice, fc.boolean(), (written, size, stream, ended) => {
      const reader = write(join(folder, String(run++)), written);
      for (const read of [readRaw, readText]) {
        for (let cursor = 0, next; cursor < reader.range().end; cursor = next) {
          ({ next } = read(reader, { cursor, maxBytes: size, stream, ended }));
          checkSafe(written, cursor, next);
          assert.ok(next > cursor);
        }
      }
    }),
    { numRuns: cases(200) },
  );
});

test('ends every page at a safe point while the log is written', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(log, maxBytes, choice, (written, size, stream) => {
      const path = join(folder, String(run++));
      const reader = new LogReader(path);
      for (const read of [readRaw, readText]) {
        let cursor = 0;
        write(path, written, () => {
          const { next } = read(reader, { cursor, maxBytes: size, stream, ended: false });
          checkSafe(written, cursor, next);
          cursor = next;
        });
      }
    }),
    { numRuns: cases(100) },
  );
});

test('ends a tail where its last byte completes something while the log is written', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(log, fc.integer({ min: 1, max: 5 }), choice, (written, lines, stream) => {
      const path = join(folder, String(run++));
      const reader = new LogReader(path);
      write(path, written, (end) => {
        const { next } = readTail(reader, { lines, maxBytes: 100, stream, ended: false });
        assert.equal(next, Math.max(...[...written.settled].filter((offset) => offset <= end)));
      });
    }),
    { numRuns: cases(100) },
  );
});

test('continues a search at a safe point', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(log, fc.integer({ min: 1, max: 4 }), (written, maxMatches) => {
      const reader = write(join(folder, String(run++)), written);
      for (let cursor = 0, more = true; more;) {
        const request = { folder: reader.folder, cursor, pattern: 'line', context: 1, maxMatches };
        const found = search(request);
        assert.ok(written.safe.has(found.next));
        ({ more, next: cursor } = found);
      }
    }),
    { numRuns: cases(100) },
  );
});
