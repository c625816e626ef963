import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';

/** Wide enough that no line in the tests wraps. */
const COLUMNS = 1000;

/**
 * Returns what a real terminal shows at the end of some output: all lines, including those scrolled away, without
 * trailing blanks and without empty lines at the end.
 */
export async function finalScreen(output: Uint8Array | string): Promise<string[]> {
  const terminal = openTerminal(60);
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_, at) => active.getLine(at)?.translateToString(true));
  terminal.dispose();
  return trimmed(lines.map((line = '') => line));
}

function openTerminal(rows: number): xterm.Terminal {
  const size = { cols: COLUMNS, rows, scrollback: 100_000 };
  // convertEol: a job has no terminal device that would make "\r\n" of "\n".
  const terminal = new xterm.Terminal({ ...size, convertEol: true, allowProposedApi: true });
  // Without the addon, widths are those of Unicode 6, where an emoji takes one column.
  terminal.loadAddon(new unicode11.Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  return terminal;
}

/** Removes trailing blanks and empty lines at the end, which cannot be seen. */
export function trimmed(lines: readonly string[]): string[] {
  const ends = lines.map((line) => line.trimEnd());
  return ends.slice(0, ends.findLastIndex((line) => line !== '') + 1);
}

/** What happened on a screen while output was written to it. */
export interface ScreenHistory {
  /** The units that were written, without those that are skipped. */
  readonly output: string;
  /** Each text that a row showed when the cursor left the row, or the row was erased or moved; only changed rows that are not blank. */
  readonly completed: readonly string[];
  /** Every text that the row of the cursor ever showed between two units. */
  readonly seen: ReadonlySet<string>;
}

/** Moves further down than the screen has rows, where our own screen scrolls. */
const DOWN = /^\x1b\[(\d*)[BEe]$/; // eslint-disable-line no-control-regex -- an escape sequence
/** Moves relative to the cursor or to another column. In origin mode, xterm.js counts their rows from the scroll region twice. */
const RELATIVE = /^(?:\x1b\[|\u009b)\d*[A-Gae`]$/; // eslint-disable-line no-control-regex -- an escape sequence
const LEAVE_ALTERNATE = /^\x1b\[\?(?:47|1047|1049)l$/; // eslint-disable-line no-control-regex -- an escape sequence

/**
 * Writes units of output, each a text or a whole sequence, to a terminal and watches its rows.
 *
 * @param movesRows whether a unit can make the cursor leave its row
 */
export function watchScreen(
  units: readonly string[],
  rows: number,
  movesRows: (unit: string) => boolean,
): ScreenHistory {
  const terminal = openTerminal(rows);
  const completed: string[] = [];
  const seen = new Set<string>();
  let output = '';
  let before = '';
  for (const unit of units) {
    const { active } = terminal.buffer;
    const down = DOWN.exec(unit);
    if (down !== null && active.cursorY + Math.max(1, Number(down[1])) >= rows) continue;
    if (terminal.modes.originMode && RELATIVE.test(unit)) continue;
    if (LEAVE_ALTERNATE.test(unit) && active.type === 'normal') continue;
    const row = active.baseY + active.cursorY;
    const text = rowOf(terminal);
    writeNow(terminal, unit);
    output += unit;
    if (movesRows(unit)) {
      const now = terminal.buffer.active;
      const isLeft = now.type !== active.type || now.baseY + now.cursorY !== row || rowOf(terminal) !== text;
      if (isLeft && text !== before && text !== '') completed.push(text);
      before = isLeft ? rowOf(terminal) : before;
    }
    seen.add(rowOf(terminal));
  }
  const last = rowOf(terminal);
  if (last !== before && last !== '') completed.push(last);
  terminal.dispose();
  return { output, completed, seen };
}

function rowOf(terminal: xterm.Terminal): string {
  const { active } = terminal.buffer;
  return (
    active
      .getLine(active.baseY + active.cursorY)
      ?.translateToString(true)
      .trimEnd() ?? ''
  );
}

/** Parses at once, where write() would wait for its turn. */
function writeNow(terminal: xterm.Terminal, text: string): void {
  (terminal as unknown as { _core: { writeSync(text: string): void } })._core.writeSync(text);
}
