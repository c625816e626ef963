import assert from 'node:assert/strict';
import { test } from 'node:test';
import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { cursorAfter } from './cursor-position.ts';

const SIZE = { columns: 12, rows: 6 };

/** Returns where a terminal emulator has its cursor, as it reports it. */
async function reported(output: string): Promise<{ row: number; column: number }> {
  const terminal = new xterm.Terminal({ cols: SIZE.columns, rows: SIZE.rows, allowProposedApi: true });
  terminal.loadAddon(new unicode11.Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  const { cursorX, cursorY } = terminal.buffer.active;
  terminal.dispose();
  return { row: cursorY + 1, column: Math.min(cursorX, SIZE.columns - 1) + 1 };
}

const count = fc.constantFrom('', '0', '1', '2', '5', '20');
const pair = fc.tuple(count, count).map(([a, b]) => `${a};${b}`);
const unit = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('a', 'a\x1b[3b', 'word ', 'äö', '漢字', 'x'.repeat(11), 'y'.repeat(30), '😀'),
  },
  { weight: 3, arbitrary: fc.constantFrom('\r\n', '\n', '\r', '\b', '\t', '\v', '\f') },
  fc
    .tuple(count, fc.constantFrom(...Array.from('ABCDEFG`adeIZLMKPX@STsu')))
    .map(([n, final]) => `\x1b[${n}${final}`),
  fc.tuple(pair, fc.constantFrom('H', 'f', 'r')).map(([n, final]) => `\x1b[${n}${final}`),
  fc.constantFrom(
    '\x1b7',
    '\x1b8',
    '\x1bD',
    '\x1bE',
    '\x1bM',
    '\x1bc',
    '\x1b[!p',
    '\x1b[1;31m',
    '\x1b]0;title\x07',
  ),
  fc
    .tuple(fc.constantFrom('6', '7', '47', '1047', '1048', '1049', '25'), fc.constantFrom('h', 'l'))
    .map(([mode, final]) => `\x1b[?${mode}${final}`),
);

/**
 * In origin mode, xterm.js adds the top of the scroll region again with each movement that starts from the cursor
 * (`_moveCursor` and `_setCursor` in its InputHandler.ts).
 */
function isMiscounted(output: string): boolean {
  return [/\[\?6h/, /\[(2|5|20);\d*r/, /\[\d*[A-G`ae]/].every((part) => part.test(output));
}

test('the cursor is where a terminal emulator has it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(unit, { maxLength: 30 }), async (units) => {
      const output = units.join('');
      fc.pre(!isMiscounted(output));
      assert.deepEqual(cursorAfter(Buffer.from(output), SIZE), await reported(output));
    }),
    { numRuns: cases(300, 20_000) },
  );
});

test('a full row keeps its cursor on the last column', () => {
  assert.deepEqual(cursorAfter(Buffer.from('x'.repeat(12)), SIZE), { row: 1, column: 12 });
  assert.deepEqual(cursorAfter(Buffer.from('x'.repeat(13)), SIZE), { row: 2, column: 2 });
});

test('a movement from the cursor counts no row of the scroll region twice in origin mode', () => {
  const start = '\x1b[3;5r\x1b[?6h\x1b[2;2H';
  for (const [movement, row, column] of [
    ['', 4, 2],
    ['\x1b[A', 3, 2],
    ['\x1b[9A', 3, 2],
    ['\x1b[B', 5, 2],
    ['\x1b[9B', 5, 2],
    ['\x1b[C', 4, 3],
    ['\x1b[D', 4, 1],
    ['\x1b[E', 5, 1],
    ['\x1b[F', 3, 1],
    ['\x1b[5G', 4, 5],
    ['\x1b[5`', 4, 5],
    ['\x1b[a', 4, 3],
    ['\x1b[e', 5, 2],
  ] as const)
    assert.deepEqual(cursorAfter(Buffer.from(start + movement), SIZE), { row, column }, movement);
});
