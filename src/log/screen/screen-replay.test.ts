import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { LogReader } from '../read/log-reader.ts';
import { LogWriter } from '../store/log-writer.ts';
import { replayScreen } from './screen-replay.ts';

const SIZE = { columns: 20, rows: 5 };

function logOf(t: TestContext, ...parts: string[]): LogReader {
  const folder = scratchFolder(t);
  const writer = new LogWriter(folder, 1024 * 1024 * 1024);
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
  const screen = await replayScreen(reader, SIZE);
  assert.deepEqual(screen.rows, ['first', '', '', '  ä漢', '']);
  assert.deepEqual(screen.cursor, { row: 2, column: 5 });
  assert.equal(screen.isAlternate, true);
  assert.equal(screen.hasApplicationKeys, true);
});

test('shows the normal screen again once a program has left the alternate one', async (t) => {
  const reader = logOf(t, 'before\r\n', '\x1b[?1049h\x1b[Heditor', '\x1b[?1049l', 'after');
  const screen = await replayScreen(reader, SIZE);
  assert.deepEqual(screen.rows, ['before', 'after', '', '', '']);
  assert.equal(screen.isAlternate, false);
});

test('scrolls like a terminal', async (t) => {
  const text = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\r\n');
  const { rows } = await replayScreen(logOf(t, text), SIZE);
  assert.deepEqual(rows, ['line 25', 'line 26', 'line 27', 'line 28', 'line 29']);
});

test('a program that has drawn for a long time is still on the alternate screen', async (t) => {
  const frame = `\x1b[H${'a'.repeat(19)}\r\n${'b'.repeat(19)}\x1b[K`;
  const reader = logOf(t, '\x1b[?104', '9h', ...Array.from({ length: 3 }, () => frame.repeat(20_000)));
  const screen = await replayScreen(reader, SIZE);
  assert.equal(screen.isAlternate, true);
  assert.deepEqual(screen.rows.slice(0, 3), ['a'.repeat(19), 'b'.repeat(19), '']);
});

test('the redraw brings another terminal to the same state', async (t) => {
  const reader = logOf(t, 'old\r\n'.repeat(9), '\x1b[?1049h\x1b[?1h\x1b[31mred\x1b[0m\x1b[3;3Hx');
  const screen = await replayScreen(reader, SIZE);
  const copy = await replayScreen(logOf(t, screen.redraw), SIZE);
  assert.deepEqual({ ...copy, redraw: '', end: 0 }, { ...screen, redraw: '', end: 0 });
  assert.equal(copy.redraw, screen.redraw);
});
