import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import xterm from '@xterm/headless';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { LogReader } from '../read/log-reader.ts';
import { LogWriter } from '../store/log-writer.ts';
import { replayScreen, type Screen } from './screen-replay.ts';

const SIZE = { columns: 20, rows: 8 };
/** More than is drawn again. */
const MANY_BYTES = 1200 * 1024;

function repeated(text: string): string {
  return text.repeat(Math.ceil(MANY_BYTES / Buffer.byteLength(text)));
}

function redrawn(text: (row: number) => string): string {
  return Array.from({ length: SIZE.rows }, (_, row) => `\x1b[${row + 1};1H\x1b[2K${text(row)}`).join('');
}

async function screenOf(t: TestContext, output: string, encoding?: BufferEncoding): Promise<Screen> {
  const folder = scratchFolder(t);
  const writer = new LogWriter(folder, 1 << 30);
  const bytes = Buffer.from(output, encoding);
  writer.write('stdout', bytes, bytes.length);
  writer.close();
  return replayScreen(new LogReader(folder), { size: SIZE });
}

/** What a terminal shows that has been there from the beginning: its rows, with the colors of their first characters. */
async function seen(output: string): Promise<{ rows: string[]; colors: number[]; cursor: [number, number] }> {
  const terminal = new xterm.Terminal({
    cols: SIZE.columns,
    rows: SIZE.rows,
    allowProposedApi: true,
    logLevel: 'off',
  });
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: SIZE.rows }, (_, row) => active.getLine(active.baseY + row));
  const result = {
    rows: lines.map((line) => line?.translateToString().trimEnd() ?? ''),
    colors: lines.map((line) => line?.getCell(0)?.getFgColor() ?? -1),
    cursor: [active.cursorY, active.cursorX] as [number, number],
  };
  terminal.dispose();
  return result;
}

/** What a program sets once, what it prints more than 1 MiB of, and what it prints then. */
const PROGRAMS: readonly (readonly [name: string, once: string, many: string, then: string])[] = [
  [
    'a scroll region above a row for the status',
    '\x1b[2J\x1b[8;1Hstatus\x1b[1;7r\x1b[1;1H',
    // The status is drawn now and then, so all rows are known.
    '\x1b7\x1b[8;1Hstatus\x1b8' + 'line of output\r\n'.repeat(200),
    'end\r\n',
  ],
  ['the character set of G0', '\x1b(0', 'lqqqk\r\nx   x\r\nmqqqj\r\n', 'lqk'],
  ['the character set of G1, which is in use', '\x1b)0\x0e', 'lqqqk\r\nx   x\r\nmqqqj\r\n', 'lqk\x0flqk'],
  ['the character set of G1, which is not in use', '\x1b)0', 'lqqqk\r\nx   x\r\nmqqqj\r\n', 'lqk\x0elqk'],
  ['the saved cursor', '\x1b[4;10H\x1b7', redrawn((row) => `row ${row}`), '\x1b8SAVED LAST'],
  [
    'the style and the character set of the saved cursor',
    '\x1b[4;1H\x1b(0\x1b[31m\x1b7\x1b[m\x1b(B',
    redrawn((row) => `row ${row}`),
    '\x1b8lqk',
  ],
  ['the saved cursor of CSI s', '\x1b[2;3H\x1b[s', redrawn((row) => `row ${row}`), '\x1b[uSAVED'],
  [
    'the saved cursor of the alternate screen',
    'shell$ \x1b7\x1b[?1049h\x1b[3;3H\x1b7',
    redrawn((row) => `row ${row}`),
    '\x1b8SAVED',
  ],
  [
    'the scroll region of the alternate screen',
    '\x1b[?1049h\x1b[2;5r',
    redrawn((row) => `row ${row}`),
    '\x1b[5;1H\r\nend',
  ],
  [
    'origin mode',
    '\x1b[3;6r\x1b[?6h',
    `${redrawn((row) => `row ${row}`)}\x1b[1;1H`,
    '\x1b[2;2Hx\x1b[20;1Hlast',
  ],
  ['insert mode', '\x1b[4h', redrawn((row) => `row ${row}`), '\x1b[1;1Hnew '],
  ['the color of text', '\x1b[31m', redrawn((row) => `row ${row}`), 'x'],
  ['the place of the cursor', '\x1b[6;1Hone\r\ntwo', '\rabc\x1b[A\rdef\x1b[B', 'x'],
  [
    'a set that was reset',
    '\x1b(0\x1b)0\x1b[2;4r\x1b[3;3H\x1b7\x1bc',
    redrawn((row) => `q ${row}`),
    '\x1b8q',
  ],
  [
    'a set that was softly reset',
    '\x1b(0\x1b[2;4r\x1b[3;3H\x1b7\x1b[!p',
    redrawn((row) => `q ${row}`),
    '\x1b8q',
  ],
];

for (const [name, once, many, then] of PROGRAMS) {
  test(`draws a screen with ${name} from more than 1 MiB ago`, async (t) => {
    const output = once + repeated(many) + then;
    const expected = await seen(output);
    const screen = await screenOf(t, output);
    // Without color and cursor, a row that is not known is blank.
    const known = screen.isIncomplete ? screen.rows.map((row, at) => row || expected.rows[at]) : screen.rows;
    assert.deepEqual(known, expected.rows);
    assert.deepEqual([screen.cursor.row - 1, screen.cursor.column - 1], expected.cursor);
  });

  test(`a view that is opened late continues with ${name}`, async (t) => {
    const before = once + repeated(many);
    const { redraw, isIncomplete } = await screenOf(t, before);
    const expected = await seen(before + then);
    const shown = await seen(redraw + then);
    const rows = isIncomplete ? shown.rows.map((row, at) => row || expected.rows[at]) : shown.rows;
    assert.deepEqual({ ...shown, rows }, { ...expected, ...(isIncomplete && { colors: shown.colors }) });
  });
}

test('finds what was set long ago, wherever the log is cut into pieces', async (t) => {
  const once = '\x1b[2;7r\x1b)0\x0e\x1b[4;5H\x1b7';
  const many = redrawn((row) => `row ${row}`);
  const before = repeated(many);
  // The last MiB begins within each of these sequences in turn.
  const last = 1024 * 1024;
  const tail = before.slice(0, last);
  const expected = await seen(`${once}${tail}\x1b8qqq`);
  for (let cut = 0; cut <= once.length; cut++) {
    const end = '\x1b8qqq';
    const screen = await screenOf(t, once + tail.slice(0, last - end.length - cut) + end);
    assert.equal(screen.rows[3], expected.rows[3], `${cut} bytes of it are drawn again`);
  }
});

test('knows a state that another drawing has found', async (t) => {
  const folder = scratchFolder(t);
  const writer = new LogWriter(folder, 1 << 30);
  const add = (text: string): void => {
    const bytes = Buffer.from(text);
    writer.write('stdout', bytes, bytes.length);
  };
  const many = repeated(redrawn((row) => `row ${row}`));
  add(`\x1b[2;7r\x1b(0\x1b[4;5H\x1b7\x1b(B${many}`);
  const reader = new LogReader(folder);
  const { known } = await replayScreen(reader, { size: SIZE });
  add(`${many}\x1b8q`);
  writer.close();
  const again = await replayScreen(reader, { size: SIZE, known });
  const anew = await replayScreen(reader, { size: SIZE });
  assert.deepEqual([again.rows, again.redraw], [anew.rows, anew.redraw]);
  assert.ok(again.redraw.includes('\x1b[2;7r'), 'it has the region');
});
