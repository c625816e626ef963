import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextDecoder } from 'node:util';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import type { LogReader } from '../read/log-reader.ts';
import { completeEnd } from './complete-end.ts';
import { replayScreen, type Screen } from './screen-replay.ts';

const SIZE = { columns: 20, rows: 5 };
const ALPHABET = [
  ...['text', 'ä', '漢字', '😀', '\r\n', '\b', '\x1b[31;44m', '\x1b[0m', '\x1b[2;3H', '\x1b[K', '\x1b[?25l'],
  ...[
    '\x1b]0;title ä\x07',
    '\x1b]8;;http://a.b\x1b\\',
    '\x1bPq#0\x1b\\',
    '\x1b[?1049h',
    '\x1b[?1049l',
    '\x1b7',
    '\x1b8',
    '\x1bM',
  ],
  ...[
    '\u009b31m',
    '\u009d0;title\u009c',
    '\x1b(0',
    '\x1b(B',
    '\x1b)0\x0e',
    '\x0f',
    '\x1b[2;4r',
    '\x1b[?6h',
    'q',
  ],
] as const;
/** Parts of `ALPHABET` after which the cursor returns to where it was saved, also for a second time. */
const SAVED_CURSORS = [
  ['text', '\x1b[?1049h', '\x1b[?1049l', '\x1b[?1049l'],
  ['text', '\x1b[31;44m', '\x1b7', '\x1b[0m', '\r\n', 'ä', '\x1b8', 'text'],
  ['text', '\x1b7', 'text', 'text', 'text', 'text', 'ä', '\x1b8'],
  ['\x1b(0', '\x1b[?1049l', 'text'],
  ['\x1b(0', '\x1b)0\x0e', '\x1b[?1049l', 'text'],
  ['\x1b(0', '\x1b7', '\x1b(B', '\x1b8', 'q'],
] as const;
/** Node.js does not write these itself: the text `好a漢`, with colors. */
const GBK = Buffer.from('\x1b[31m\xba\xc3a\x1b[1;5H\x9d\x68', 'latin1');

/** A log in memory, since these tests read thousands of them. */
function logOf(bytes: Buffer, encoding?: string): LogReader {
  return {
    range: () => ({ start: 0, end: bytes.length }),
    pieces: (from: number, to: number) => [
      { stream: 'stdout', offset: from, bytes: bytes.subarray(from, to) },
    ],
    terminalEncoding: () => encoding,
  } as unknown as LogReader;
}

/** Compares what a view shows that draws the screen after each number of bytes, and then the rest of the output. */
async function assertSameAfterCuts(bytes: Buffer, encoding?: string): Promise<void> {
  const shown = async (log: LogReader): Promise<Partial<Screen>> => {
    const { rows, cursor, isAlternate } = await replayScreen(log, { size: SIZE });
    return { rows, cursor, isAlternate };
  };
  const whole = await shown(logOf(bytes, encoding));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const { redraw, end } = await replayScreen(logOf(bytes.subarray(0, cut), encoding), { size: SIZE });
    const rest = new TextDecoder(encoding).decode(bytes.subarray(end));
    const again = await shown(logOf(Buffer.from(redraw + rest)));
    assert.deepEqual(again, whole, JSON.stringify({ text: bytes.toString('latin1'), cut, end, rest }));
  }
}

test('a redraw of a screen and the output from its end on show the same as all of the output, wherever that is cut', async () => {
  const output = fc.array(fc.constantFrom(...ALPHABET), { maxLength: 8 });
  const property = fc.asyncProperty(output, (parts) => assertSameAfterCuts(Buffer.from(parts.join(''))));
  await fc.assert(property, {
    numRuns: cases(15, 200),
    examples: [[[...ALPHABET]], ...SAVED_CURSORS.map((parts): [string[]] => [[...parts]])],
  });
});

test('the same holds for other encodings', async () => {
  await assertSameAfterCuts(GBK, 'gbk');
  const wide = Buffer.from('\x1b[31m好a\x1b]0;title\x07😀', 'utf16le');
  await assertSameAfterCuts(wide, 'utf-16le');
  await assertSameAfterCuts(Buffer.from(wide).swap16(), 'utf-16be');
  await assertSameAfterCuts(Buffer.from('caf\xe9 \x1b[31m\x80', 'latin1'), 'windows-1252');
});

test('a sequence that never ends counts as complete once it is long', () => {
  for (const [length, isOpen] of [
    [500_000, true],
    [600_000, false],
  ] as const) {
    const bytes = Buffer.from(`text\x1bP${'q'.repeat(length)}`);
    assert.equal(completeEnd(logOf(bytes), 0, bytes.length), isOpen ? 4 : bytes.length);
  }
});
