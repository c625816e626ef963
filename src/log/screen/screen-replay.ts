import serialize from '@xterm/addon-serialize';
import unicode11 from '@xterm/addon-unicode11';
import xterm, { type Terminal } from '@xterm/headless';
import type { LogReader } from '../read/log-reader.ts';

/** Size of a terminal, in characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** What the terminal of a job shows. */
export interface Screen {
  /** One text a row, without blanks at their ends. */
  readonly rows: readonly string[];
  /** Where the cursor is; the first row and column are 1, as in escape sequences. */
  readonly cursor: { readonly row: number; readonly column: number };
  /** The program draws on the alternate screen, as editors and pagers do. */
  readonly isAlternate: boolean;
  /** Arrow keys send application sequences (DECCKM). */
  readonly hasApplicationKeys: boolean;
  /** Output that brings another terminal of this size to the same state. */
  readonly redraw: string;
  /** Cursor behind the last byte of the log that was drawn. */
  readonly end: number;
}

/** So much of a log is drawn again. Programs that use the whole screen draw all of it in much less. */
const REPLAY_BYTES = 1024 * 1024;
/** How far back is looked for the beginning of the alternate screen, which may be long ago. */
const SEARCH_BYTES = 16 * 1024 * 1024;
/** What programs send to switch to the alternate screen (xterm control sequences, DECSET 1049, 1047 and 47). */
// eslint-disable-next-line no-control-regex -- escape sequences begin with one
const ALTERNATE = /\x1b\[\?(?:1049|1047|47)[hl]/g;
/** Lines above the screen that a redraw brings back. */
const SCROLLBACK_ROWS = 1000;

/**
 * Draws the end of a log on a terminal emulator.
 *
 * @param size as the terminal of the job is now
 */
export async function replayScreen(reader: LogReader, { columns, rows }: ScreenSize): Promise<Screen> {
  const { start, end } = reader.range();
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: SCROLLBACK_ROWS,
    allowProposedApi: true,
  });
  try {
    terminal.loadAddon(new unicode11.Unicode11Addon());
    terminal.unicode.activeVersion = '11';
    const serializer = new serialize.SerializeAddon();
    terminal.loadAddon(serializer);
    const from = Math.max(start, end - REPLAY_BYTES);
    const mode = from > start ? lastSwitch(reader, Math.max(start, from - SEARCH_BYTES), from) : '';
    await write(terminal, mode);
    for (const { bytes } of reader.pieces(from, end)) await write(terminal, bytes);
    return { ...picture(terminal), redraw: serializer.serialize(), end };
  } finally {
    terminal.dispose();
  }
}

/** Returns the last sequence in a part of the log that switched between the screens. */
function lastSwitch(reader: LogReader, from: number, to: number): string {
  let last = '';
  let rest = '';
  for (const { bytes } of reader.pieces(from, to)) {
    const text = rest + Buffer.from(bytes).toString('latin1');
    last = [...text.matchAll(ALTERNATE)].at(-1)?.[0] ?? last;
    // The next piece may go on in the middle of a sequence.
    rest = text.slice(-'\x1b[?1049h'.length);
  }
  return last;
}

function picture(terminal: Terminal): Pick<Screen, 'rows' | 'cursor' | 'isAlternate' | 'hasApplicationKeys'> {
  const { active } = terminal.buffer;
  const rows = Array.from({ length: terminal.rows }, (_, row) => {
    return (active.getLine(active.baseY + row)?.translateToString(true) ?? '').trimEnd();
  });
  return {
    rows,
    cursor: { row: active.cursorY + 1, column: active.cursorX + 1 },
    isAlternate: active.type === 'alternate',
    hasApplicationKeys: terminal.modes.applicationCursorKeysMode,
  };
}

function write(terminal: Terminal, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => terminal.write(data, resolve));
}
