import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { LogReader } from '../read/log-reader.ts';
import { LogWriter } from '../store/log-writer.ts';
import { replayScreen } from './screen-replay.ts';

const SIZE = { columns: 20, rows: 5 };

function logOf(t: TestContext, ...parts: (string | Buffer)[]): LogReader {
  return limitedLogOf(t, 1024 * 1024 * 1024, ...parts);
}

function limitedLogOf(t: TestContext, maxSize: number, ...parts: (string | Buffer)[]): LogReader {
  const folder = scratchFolder(t);
  const writer = new LogWriter(folder, maxSize);
  for (const part of parts) {
    const bytes = Buffer.from(part);
    writer.write('stdout', bytes, bytes.length);
  }
  writer.close();
  return new LogReader(folder);
}

test('shows the rows, the cursor and the modes of a terminal', async (t) => {
  const reader = logOf(
    t,
    'shell$ vim\r\n',
    '\x1b[?1049h\x1b[?1h\x1b[2J\x1b[1;1Hfirst  \x1b[4;3Hä漢',
    '\x1b[2;5H',
  );
  const screen = await replayScreen(reader, { size: SIZE });
  assert.deepEqual(screen.rows, ['first', '', '', '  ä漢', '']);
  assert.deepEqual(screen.cursor, { row: 2, column: 5 });
  assert.equal(screen.isAlternate, true);
  assert.equal(screen.hasApplicationKeys, true);
});

test('shows the normal screen again once a program has left the alternate one', async (t) => {
  const reader = logOf(t, 'before\r\n', '\x1b[?1049h\x1b[Heditor', '\x1b[?1049l', 'after');
  const screen = await replayScreen(reader, { size: SIZE });
  assert.deepEqual(screen.rows, ['before', 'after', '', '', '']);
  assert.equal(screen.isAlternate, false);
});

test('shows characters of the encoding of the job', async (t) => {
  const red = '\x1b[31m';
  const wide = Buffer.from(`${red}你好`, 'utf16le');
  const cases = [
    ['gbk', Buffer.from(`${red}\xc4\xe3\xba\xc3`, 'latin1'), '你好', 5],
    ['shift_jis', Buffer.from(`${red}\x83\x5c\x95\x94`, 'latin1'), 'ソ部', 5],
    ['windows-1252', Buffer.from(`${red}caf\xe9 \x80`, 'latin1'), 'café €', 7],
    ['utf-16le', wide, '你好', 5],
    ['utf-16be', Buffer.from(wide).swap16(), '你好', 5],
    [undefined, Buffer.from(`${red}a\xffb\xc3`, 'latin1'), 'a\ufffdb', 4],
  ] as const;
  for (const [encoding, bytes, text, column] of cases) {
    const folder = scratchFolder(t);
    const writer = new LogWriter(folder, 1 << 20);
    writer.write('stdout', bytes, bytes.length);
    writer.close();
    const { rows, redraw, cursor } = await replayScreen(new LogReader(folder, encoding), { size: SIZE });
    assert.deepEqual([rows[0], cursor.column], [text, column], encoding);
    assert.ok(redraw.includes(`${red}${text}`), JSON.stringify(redraw));
  }
});

test('characters of other encodings are whole where the log is read in blocks, and where its end begins', async (t) => {
  // Each block of 64 KiB, and the last MiB, begins within a character.
  const frame = '\xc4\xe3\xba\xc3x\r';
  const folder = scratchFolder(t);
  const writer = new LogWriter(folder, 1 << 30);
  const bytes = Buffer.from(`\x1b[?1049h\x1b[H${frame.repeat(400_000)}`, 'latin1');
  writer.write('stdout', bytes, bytes.length);
  writer.close();
  const { rows, isAlternate } = await replayScreen(new LogReader(folder, 'gbk'), { size: SIZE });
  assert.deepEqual([rows[0], isAlternate], ['你好x', true]);
});

test('modes that were set long ago in UTF-16 still hold', async (t) => {
  const folder = scratchFolder(t);
  const writer = new LogWriter(folder, 1 << 30);
  const bytes = Buffer.from(`\x1b[?1049h${'你\r'.repeat(400_000)}`, 'utf16le');
  writer.write('stdout', bytes, bytes.length);
  writer.close();
  const { rows, isAlternate } = await replayScreen(new LogReader(folder, 'utf-16le'), { size: SIZE });
  assert.deepEqual([rows[0], isAlternate], ['你', true]);
});

test('scrolls like a terminal', async (t) => {
  const text = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\r\n');
  const { rows } = await replayScreen(logOf(t, text), { size: SIZE });
  assert.deepEqual(rows, ['line 25', 'line 26', 'line 27', 'line 28', 'line 29']);
});

test('a program that has drawn for a long time is still on the alternate screen', async (t) => {
  const frame = `\x1b[H${'a'.repeat(19)}\r\n${'b'.repeat(19)}\x1b[K`;
  const reader = logOf(t, '\x1b[?104', '9h', ...Array.from({ length: 3 }, () => frame.repeat(20_000)));
  const screen = await replayScreen(reader, { size: SIZE });
  assert.equal(screen.isAlternate, true);
  assert.deepEqual(screen.rows.slice(0, 3), ['a'.repeat(19), 'b'.repeat(19), '']);
});

test('the redraw brings another terminal to the same state', async (t) => {
  const reader = logOf(t, 'old\r\n'.repeat(9), '\x1b[?1049h\x1b[?1h\x1b[31mred\x1b[0m\x1b[3;3Hx');
  const screen = await replayScreen(reader, { size: SIZE });
  const copy = await replayScreen(logOf(t, screen.redraw), { size: SIZE });
  assert.deepEqual({ ...copy, redraw: '', end: 0 }, { ...screen, redraw: '', end: 0 });
  assert.equal(copy.redraw, screen.redraw);
});

test('the redraw restores what a screen does not show: the cursor, events of the mouse, the region and keys', async (t) => {
  const modes = '\x1b[?1049h\x1b[?25l\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[>1u\x1b[=2;2u\x1b[4 q';
  const { redraw } = await replayScreen(logOf(t, `text${modes}\x1b[2;4r\x1b[3;2H`), { size: SIZE });
  for (const each of ['\x1b[?25l', '\x1b[?1002h', '\x1b[?1006h', '\x1b[?2004h', '\x1b[>3u', '\x1b[4 q']) {
    assert.ok(redraw.includes(each), JSON.stringify([each, redraw]));
  }
  assert.ok(redraw.includes('\x1b[2;4r\x1b[3;2H'), JSON.stringify(redraw));
  // What was undone is not set again.
  const undone = '\x1b[<u\x1b[?1006;25l\x1b[?25h\x1b[0 q\x1b[r';
  const after = await replayScreen(logOf(t, `${modes}${undone}`), { size: SIZE });
  assert.doesNotMatch(after.redraw, /\?1006h|\?25l|u/);
  const reset = await replayScreen(logOf(t, `${modes}\x1bc`), { size: SIZE });
  assert.equal(reset.redraw, '');
});

test('modes that were set long ago still hold, wherever the log is cut into pieces', async (t) => {
  const modes = '\x1b[?1049;1006h\x1b[?1000h\x1b[>5u\x1b[?25l';
  const parts = modes.split('').concat('x'.repeat(200).repeat(10_000));
  const reader = logOf(t, ...parts);
  const screen = await replayScreen(reader, { size: SIZE });
  assert.equal(screen.isAlternate, true);
  for (const each of ['\x1b[?1006h', '\x1b[?1000h', '\x1b[>5u', '\x1b[?25l']) {
    assert.ok(screen.redraw.includes(each), JSON.stringify(each));
  }
  const again = await replayScreen(reader, { size: SIZE, known: screen.known });
  assert.equal(again.redraw, screen.redraw);
});

test('a screen is drawn in the size in which it was printed, and then gets that of the view', async (t) => {
  const reader = logOf(t, `\x1b[1;1Ha\x1b[5;20Hz\x1b[3;1H${'m'.repeat(20)}`);
  const { rows } = await replayScreen(reader, { size: SIZE, viewSize: { columns: 30, rows: 8 } });
  assert.deepEqual(rows.slice(0, 5), ['a', '', 'm'.repeat(20), '', `${' '.repeat(19)}z`]);
  assert.equal(rows.length, 8);
});

test('shows no rest of a cut sequence, and says that earlier output is missing', async (t) => {
  // Segments of 1,000 bytes, so the log begins at each place within a sequence in turn.
  for (let shift = 0; shift < 14; shift++) {
    const top = `\x1b[2J\x1b[HTOP${' '.repeat(shift)}`;
    const reader = limitedLogOf(t, 8000, top, '\x1b[3;1Hä count 7'.repeat(2000), '\x1b[5;1Hend');
    assert.ok(reader.range().start > 0);
    const screen = await replayScreen(reader, { size: SIZE });
    assert.deepEqual(screen.rows, ['', '', 'ä count 7', '', 'end']);
    assert.equal(screen.isIncomplete, true);
    assert.doesNotMatch(screen.redraw, /\u{10fffd}/u);
  }
});

test('a screen that was drawn as a whole since is complete', async (t) => {
  const drawn = [
    ['\x1b[2;2Hx\x1b[2J\x1b[HTOP', ['TOP', '', '', '', '']],
    ['a\r\n'.repeat(9), ['a', 'a', 'a', 'a', '']],
  ] as const;
  for (const [end, rows] of drawn) {
    const screen = await replayScreen(limitedLogOf(t, 8000, '\x1b[3;1Hcount 7'.repeat(2000), end), {
      size: SIZE,
    });
    assert.deepEqual([screen.rows, screen.isIncomplete], [rows, false]);
  }
});

test('a screen of which a part was drawn more than 1 MiB ago is incomplete', async (t) => {
  const screen = await replayScreen(logOf(t, '\x1b[?1049h\x1b[HTOP', '\x1b[3;1Hcount'.repeat(200_000)), {
    size: SIZE,
  });
  assert.deepEqual([screen.isAlternate, screen.isIncomplete], [true, true]);
  assert.deepEqual(screen.rows, ['', '', 'count', '', '']);
});

test('prints nothing itself, whatever a program has printed', async (t) => {
  const methods = ['error', 'warn', 'info', 'log', 'debug'] as const;
  const mocks = methods.map((method) => t.mock.method(console, method, () => undefined));
  const bytes = Buffer.from(Array.from({ length: 256 * 256 }, (_, at) => (at % 2 === 0 ? at >> 9 : at >> 1)));
  const broken = '\x1b[\u0090\x1b]0;\u0080\x1b[1\u0085m';
  const { rows } = await replayScreen(logOf(t, bytes, broken, '\x1bc', 'end'), { size: SIZE });
  assert.equal(rows[0], 'end');
  assert.deepEqual(
    mocks.map(({ mock }) => mock.callCount()),
    methods.map(() => 0),
  );
});

test('the cursor is in the last column after a character there, until the next one begins a new row', async (t) => {
  const full = 'x'.repeat(SIZE.columns);
  const { cursor, redraw } = await replayScreen(logOf(t, full), { size: SIZE });
  assert.deepEqual(cursor, { row: 1, column: SIZE.columns });
  const drawn = await replayScreen(logOf(t, redraw, 'y'), { size: SIZE });
  assert.deepEqual([drawn.rows[1], drawn.cursor], ['y', { row: 2, column: 2 }]);
});

test('a view of another size has the screen in the same rows, although a part of it is not known', async (t) => {
  const scroll = Array.from({ length: 60_000 }, (_, at) => `\x1b[5;1Hstatus ${at}\x1b[4;1H\r\nline ${at}`);
  const reader = logOf(t, `\x1b[1;4r${scroll.join('')}`);
  const size = { columns: 20, rows: 8 };
  const rows = ['line 59996', 'line 59997', 'line 59998', 'line 59999', 'status 59999', '', '', ''];
  for (const columns of [20, 15, 30]) {
    const drawn = await replayScreen(reader, { size, viewSize: { columns, rows: 8 } });
    assert.deepEqual(drawn.rows, rows, `${columns} columns`);
    assert.equal(drawn.isIncomplete, true);
    // The view may become narrower before it has drawn.
    const again = await replayScreen(logOf(t, drawn.redraw), { size: { columns: 12, rows: 8 } });
    assert.deepEqual(again.rows, rows, `${columns} columns in 12`);
    assert.deepEqual(again.cursor, { row: 4, column: 11 });
  }
});
