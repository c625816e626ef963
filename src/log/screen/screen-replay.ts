import { setImmediate } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import serialize from '@xterm/addon-serialize';
import unicode11 from '@xterm/addon-unicode11';
import xterm, { type IFunctionIdentifier, type Terminal } from '@xterm/headless';
import type { LogReader } from '../read/log-reader.ts';
import { isUtf16 } from '../render/text-encoding.ts';
import { completeEnd } from './complete-end.ts';
import { EarlierState } from './earlier-state.ts';
import { guardTerminal } from './guard-terminal.ts';
import { hiddenState } from './hidden-state.ts';
import { beginScreen } from './screen-beginning.ts';
import { TerminalModes } from './terminal-modes.ts';
import { blankUnknown, cutBytes, hasUnknown, skipUnknown } from './unknown-cells.ts';

/** Size of a terminal, in characters. */
interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** The state of the terminal at a place in the log. */
export interface KnownModes {
  readonly cursor: number;
  readonly state: EarlierState;
}

/** What the terminal of a job shows. */
export interface Screen {
  /** One text a row, without blanks at their ends. */
  readonly rows: readonly string[];
  /** Where the cursor is; the first row and column are 1, as in escape sequences. */
  readonly cursor: { readonly row: number; readonly column: number };
  /** The program draws on the alternate screen, as editors and pagers do. */
  readonly isAlternate: boolean;
  /** Part of the screen was drawn by output that was not replayed or is no longer kept. It is blank. */
  readonly isIncomplete: boolean;
  /** Arrow keys send application sequences (DECCKM). */
  readonly hasApplicationKeys: boolean;
  /** Output that brings another terminal of this size to the same state. */
  readonly redraw: string;
  /** Cursor behind the last byte of the log that was drawn. A character or a sequence that is not complete follows it. */
  readonly end: number;
  /** Spares the next replay of the same log the search for earlier modes. */
  readonly known: KnownModes;
}

export interface ReplayOptions {
  /** Size of the terminal in which the job has printed. */
  readonly size: ScreenSize;
  /** Size that the terminal gets then. By default it stays as it is. */
  readonly viewSize?: ScreenSize | undefined;
  /** From an earlier replay of the same log. */
  readonly known?: KnownModes | undefined;
}

/** So much of a log is drawn again. Programs that use the whole screen draw all of it in much less. */
const REPLAY_BYTES = 1024 * 1024;
/** Lines above the screen that a redraw brings back. */
const SCROLLBACK_ROWS = 1000;

/**
 * Draws the end of a log on a terminal emulator. What was set before that, such as the alternate screen or a scroll region,
 * still holds.
 */
export async function replayScreen(
  reader: LogReader,
  { size, viewSize = size, known }: ReplayOptions,
): Promise<Screen> {
  const { start, end } = reader.range();
  const from = Math.max(start, end - REPLAY_BYTES);
  const encoding = reader.terminalEncoding();
  const firstCursor = firstDrawn(from, firstBytes(reader, from, end), encoding);
  const drawnEnd = completeEnd(reader, from, end, encoding);
  // A sequence that the beginning cuts still counts.
  const earlier = await stateAt(reader, firstCursor, start, { encoding, known });
  let emulator = openEmulator(size);
  const { terminal } = emulator;
  try {
    const state = observe(terminal);
    if (from > 0)
      await write(terminal, beginScreen({ reader, at: firstCursor, state: earlier, size, encoding }));
    // The emulator reads bytes as UTF-8 only, and drops those that are not. Escape sequences are ASCII in all encodings.
    const decoder = new TextDecoder(encoding);
    for (const { bytes } of reader.pieces(firstCursor, drawnEnd))
      await write(terminal, decoder.decode(bytes, { stream: true }));
    const ends = { end: drawnEnd, known: { cursor: firstCursor, state: earlier } };
    const { isIncomplete } = picture(terminal);
    const isResized = viewSize.columns !== size.columns || viewSize.rows !== size.rows;
    if (isResized && isIncomplete) {
      // Unknown cells would wrap as text does, so another emulator gets the screen without them.
      const drawn = await emulator.redraw(state.hidden);
      terminal.dispose();
      emulator = openEmulator(size);
      await write(emulator.terminal, drawn);
    }
    if (isResized) emulator.terminal.resize(viewSize.columns, viewSize.rows);
    const shown = { ...picture(emulator.terminal), isIncomplete };
    return { ...shown, redraw: await emulator.redraw(state.hidden), ...ends };
  } finally {
    emulator.terminal.dispose();
  }
}

interface Emulator {
  readonly terminal: Terminal;
  /** Returns the redraw. It draws on the terminal, so it comes last. @param modes are set at its end */
  readonly redraw: (modes: string) => Promise<string>;
}

function openEmulator(size: ScreenSize): Emulator {
  const terminal = new xterm.Terminal({
    cols: size.columns,
    rows: size.rows,
    scrollback: SCROLLBACK_ROWS,
    allowProposedApi: true,
    // By default it prints its state on stderr for each control character within a sequence, as in binary output.
    logLevel: 'off',
  });
  guardTerminal(terminal);
  terminal.loadAddon(new unicode11.Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  const serializer = new serialize.SerializeAddon();
  terminal.loadAddon(serializer);
  const redraw = async (modes: string): Promise<string> => {
    const drawn = serializer.serialize() + modes;
    return skipUnknown(drawn + (await hiddenState(terminal, (data) => write(terminal, data))));
  };
  return { terminal, redraw };
}

/** Returns the state at a cursor. It may have been set long ago, so everything before it that is kept is searched. */
async function stateAt(
  reader: LogReader,
  cursor: number,
  start: number,
  { encoding, known }: { readonly encoding: string | undefined; readonly known: KnownModes | undefined },
): Promise<EarlierState> {
  const isKnown = known !== undefined && known.cursor <= cursor;
  const state = isKnown ? known.state.copy() : new EarlierState();
  const from = isKnown ? Math.max(start, known.cursor) : start;
  for (let at = from; at < cursor; at += REPLAY_BYTES) {
    for (const { bytes, offset } of reader.pieces(at, Math.min(cursor, at + REPLAY_BYTES)))
      state.scan(isUtf16(encoding) ? withoutZeros(bytes) : bytes, offset);
    // A long log must not hold up everything else in this process.
    await setImmediate();
  }
  return state;
}

/** Follows what is set in a terminal and not part of a serialized screen. */
function observe(terminal: Terminal): { readonly hidden: string } {
  const modes = new TerminalModes();
  let cursorStyle = '';
  const onSequence = (id: IFunctionIdentifier, act: (parameters: number[]) => void): void => {
    terminal.parser.registerCsiHandler(id, (parameters) => {
      act(parameters.flat());
      // The terminal handles it, too.
      return false;
    });
  };
  for (const final of ['h', 'l']) {
    onSequence({ prefix: '?', final }, (numbers) => modes.set(numbers, final === 'h'));
  }
  for (const prefix of ['>', '<', '=']) {
    onSequence({ prefix, final: 'u' }, (numbers) => modes.keys(prefix, numbers));
  }
  onSequence({ intermediates: ' ', final: 'q' }, ([style = 0]) => (cursorStyle = `\x1b[${style} q`));
  terminal.parser.registerEscHandler({ final: 'c' }, () => {
    modes.reset();
    cursorStyle = '';
    return false;
  });
  return {
    get hidden() {
      return modes.hidden + cursorStyle;
    },
  };
}

function picture(terminal: Terminal): Omit<Screen, 'redraw' | 'end' | 'known'> {
  const { active } = terminal.buffer;
  const drawn = Array.from({ length: terminal.rows }, (_, row) => {
    return active.getLine(active.baseY + row)?.translateToString(true) ?? '';
  });
  return {
    rows: drawn.map((row) => blankUnknown(row).trimEnd()),
    isIncomplete: drawn.some(hasUnknown),
    // After a character in the last column, the emulator keeps the cursor behind it. A terminal shows it on it.
    cursor: { row: active.cursorY + 1, column: Math.min(active.cursorX + 1, terminal.cols) },
    isAlternate: active.type === 'alternate',
    hasApplicationKeys: terminal.modes.applicationCursorKeysMode,
  };
}

function firstBytes(reader: LogReader, from: number, end: number): Buffer {
  const [piece] = reader.pieces(from, end);
  return piece?.bytes ?? Buffer.alloc(0);
}

/** Returns the cursor of the first byte that is drawn: the rest of a character or a sequence is not. */
function firstDrawn(from: number, bytes: Buffer, encoding: string | undefined): number {
  if (from === 0) return 0;
  const first = from + cutBytes(bytes);
  return isUtf16(encoding) ? first - (first % 2) : first;
}

/** In UTF-16, each character of a sequence has a zero byte. */
function withoutZeros(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\0', ''), 'latin1');
}

function write(terminal: Terminal, data: string): Promise<void> {
  return new Promise((resolve) => terminal.write(data, resolve));
}
