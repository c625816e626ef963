import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { type Stream, STREAMS } from '../store/log-segments.ts';
import { LogWriter } from '../store/log-writer.ts';
import { LogReader } from './log-reader.ts';
import { RecentOutput } from './recent-output.ts';
import { readText, type TextPage } from './text-page.ts';

/** Text that a stream writes. It reaches the log in two writes, cut anywhere. */
interface Writing {
  readonly stream: Stream;
  readonly bytes: Buffer;
  readonly cut: number;
}

type Turn = Writing | number;

/** Small letters on stdout and capital ones on stderr, so that the streams can be distinguished in pages. */
const LETTERS = { stdout: ['a', 'é', '€', '\u{1d4d0}'], stderr: ['A', 'É', 'Ω', '\u{1f600}'] };
const OF_STREAM = { stdout: /[aé€\u{1d4d0}]/gu, stderr: /[AÉΩ\u{1f600}]/gu };

const choice = fc.constantFrom(undefined, ...STREAMS);
const maxBytes = fc.oneof(fc.integer({ min: 64, max: 90 }), fc.integer({ min: 64, max: 3000 }));

/** Output without controls, in long and short lines. */
function writing(lineEnds: fc.Arbitrary<string>): fc.Arbitrary<Writing> {
  return fc.constantFrom(...STREAMS).chain((stream) => {
    const word = fc.string({ unit: fc.constantFrom(...LETTERS[stream]), maxLength: 40 });
    const text = fc.array(fc.tuple(word, lineEnds), { minLength: 1, maxLength: 8 });
    return fc.record({
      stream: fc.constant(stream),
      bytes: text.map((parts) => Buffer.from(parts.flat().join(''))),
      cut: fc.nat(100),
    });
  });
}

/** Reads a page at every number among the turns, and the rest at the end, from disk and from memory. */
function play(folder: string, turns: readonly Turn[], stream?: Stream): { pages: TextPage[]; log: Buffer } {
  const reader = new LogReader(folder);
  const writer = new LogWriter(folder, 1 << 20);
  const recent = new RecentOutput();
  const fromMemory = new LogReader(folder, undefined, undefined, recent);
  const pages: TextPage[] = [];
  const readOn = (size: number, ended: boolean): void => {
    const cursor = pages.at(-1)?.next ?? 0;
    const page = readText(reader, { cursor, maxBytes: size, stream, ended });
    assert.deepEqual(readText(fromMemory, { cursor, maxBytes: size, stream, ended }), page);
    assert.ok(Buffer.byteLength(page.text) <= size);
    if (ended) assert.ok(page.next > cursor, 'it continues');
    pages.push(page);
  };
  const log: Buffer[] = [];
  turns.forEach((turn, at) => {
    if (typeof turn === 'number') {
      readOn(turn, false);
      return;
    }
    const parts = [turn.bytes.subarray(0, turn.cut), turn.bytes.subarray(turn.cut)];
    parts.forEach((part, half) => {
      const offset = writer.end;
      writer.write(turn.stream, part, part.length);
      // Every third notice is lost.
      if (at % 3 !== 0) recent.add(turn.stream, offset, part);
      if (half === 0 && at % 2 === 0) readOn(100, false);
    });
    log.push(turn.bytes);
  });
  writer.close();
  const size = turns.find((turn) => typeof turn === 'number') ?? 1000;
  while ((pages.at(-1)?.next ?? 0) < writer.end) readOn(size, true);
  return { pages, log: Buffer.concat(log) };
}

function textOf(turns: readonly Turn[], stream?: Stream): string {
  return turns
    .map((turn) =>
      typeof turn === 'number' || turn.stream !== (stream ?? turn.stream) ? '' : turn.bytes.toString(),
    )
    .join('');
}

const ANY_LINES = fc.constantFrom('\n', '');

test('shows the text of one stream exactly once while it is written', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  const turns = fc.array(fc.oneof(writing(ANY_LINES), maxBytes), { maxLength: 25 });
  fc.assert(
    fc.property(turns, fc.constantFrom(...STREAMS), (played, stream) => {
      const { pages, log } = play(join(folder, String(run++)), played, stream);
      let shown = '';
      for (const { text, partial, continued, next, end } of pages) {
        const isAmidLine = shown !== '' && !shown.endsWith('\n');
        assert.equal(continued, isAmidLine && text !== '', 'it reports whether its first line began before');
        assert.equal(
          partial,
          text !== '' && !text.endsWith('\n'),
          'it reports whether its last line continues',
        );
        // Up to 3 bytes of a character that is not complete may be left at the end of the log.
        const isFull = end - next > 3;
        if (isFull && text.includes('\n')) assert.equal(log[next - 1], 0x0a, 'it ends at a line end');
        shown += text;
      }
      assert.equal(shown, textOf(played, stream));
    }),
    { numRuns: cases(200) },
  );
});

test('shows the text of each stream exactly once while both are written', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  const turns = fc.array(fc.oneof(writing(ANY_LINES), maxBytes), { maxLength: 25 });
  fc.assert(
    fc.property(turns, (played) => {
      const { pages } = play(join(folder, String(run++)), played);
      const shown = pages.map(({ text }) => text).join('');
      for (const stream of STREAMS) {
        const letters = (text: string): string => (text.match(OF_STREAM[stream]) ?? []).join('');
        assert.equal(letters(shown), letters(textOf(played, stream)));
      }
    }),
    { numRuns: cases(120) },
  );
});

test('shows all lines in order if two streams write whole lines', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(fc.array(writing(fc.constant('\n')), { maxLength: 25 }), maxBytes, (written, size) => {
      const { pages } = play(join(folder, String(run++)), [size, ...written]);
      assert.equal(pages.map(({ text }) => text).join(''), textOf(written));
    }),
    { numRuns: cases(120) },
  );
});

test('keeps the size of pages and reaches the end of a log of any bytes', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 10 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        '\x1b[',
        '\x1b[31m',
        '\x1b]0;t\x07',
        '\x1b]',
        '\x1b[400G',
        '\x1b[99C',
        '\x1b[K',
        '\r',
        '\b',
        '\n',
      )
      .map((text) => Buffer.from(text)),
    fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => Buffer.from(text)),
  );
  const written = fc.record({
    stream: fc.constantFrom(...STREAMS),
    bytes: fc.array(part, { maxLength: 10 }).map((parts) => Buffer.concat(parts)),
    cut: fc.nat(100),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(written, maxBytes), { maxLength: 25 }), choice, (turns, stream) => {
      const { pages, log } = play(join(folder, String(run++)), turns, stream);
      assert.equal(pages.at(-1)?.next ?? 0, log.length);
    }),
    { numRuns: cases(200) },
  );
});
