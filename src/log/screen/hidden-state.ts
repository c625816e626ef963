import type { IBufferCell, Terminal } from '@xterm/headless';

/** Returns the sequence that moves the cursor to a place; the first row and column are 0. */
function moveTo(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}

/**
 * Returns where the cursor of a terminal is, and what must be printed there: after a character in the last column, it waits
 * behind that until the next one. Only another character there brings it to that place.
 */
function placeOf({ buffer: { active }, cols }: Terminal): { row: number; column: number; text: string } {
  const { cursorX, cursorY, baseY } = active;
  if (cursorX < cols) return { row: cursorY, column: cursorX, text: '' };
  const line = active.getLine(baseY + cursorY);
  const column = line?.getCell(cols - 1)?.getWidth() === 0 ? cols - 2 : cols - 1;
  const cell = line?.getCell(column);
  return { row: cursorY, column, text: cell === undefined ? '' : styleOf(cell) + (cell.getChars() || ' ') };
}

/**
 * Returns sequences that set what a serialized screen does not tell: the scroll region and origin mode, the character sets,
 * where a program has saved the cursor (DECSC), and where it is. Empty if none of them was set.
 *
 * The emulator shows this state only in what it draws, so this draws on the terminal. Nothing else can be read from it
 * afterwards.
 */
export async function hiddenState(
  terminal: Terminal,
  write: (data: string) => Promise<void>,
): Promise<string> {
  const { active } = terminal.buffer;
  const isOrigin = terminal.modes.originMode;
  const cursor = placeOf(terminal);
  /** How the character is shown that the program prints next. A "q" is one that line drawing replaces. */
  const next = async (): Promise<{ style: string; isLine: boolean }> => {
    await write('\x1b[?6l\x1b[Hq');
    const cell = active.getLine(active.baseY)?.getCell(0);
    return { style: cell === undefined ? '' : styleOf(cell), isLine: cell?.getChars() === '─' };
  };
  const { style, isLine } = await next();
  await write('\x1b8');
  const savedPlace = moveTo(active.cursorY, active.cursorX);
  const saved = await next();
  await write('\x0f');
  const g0 = await next();
  await write('\x0e');
  const g1 = await next();
  // In origin mode, the cursor stays in the region.
  await write('\x1b[?6h');
  const top = active.cursorY;
  await write('\x1b[9999H');
  const bottom = active.cursorY;

  const sets = (g0.isLine ? '\x1b(0' : '') + (g1.isLine ? '\x1b)0' : '');
  const isShifted = isLine !== g0.isLine && isLine === g1.isLine;
  // A program that restores the cursor also restores the set that was in use then, and changes neither G0 nor G1.
  const isRestored = isLine !== g0.isLine && !isShifted && isLine === saved.isLine;
  const isSaved = savedPlace !== moveTo(0, 0) || saved.style !== PLAIN || saved.isLine;
  const save = saved.isLine ? '\x1b(0\x1b7\x1b(B' : '\x1b7';
  const isWhole = top === 0 && bottom === terminal.rows - 1;
  const changes = [
    // A place that was saved counts from the top of the screen.
    isSaved && `${isOrigin ? '\x1b[?6l' : ''}${savedPlace}${saved.style}${save}`,
    !isWhole && `\x1b[${top + 1};${bottom + 1}r`,
    isOrigin && '\x1b[?6h',
  ].filter((each) => each !== false);
  // Each of these moves the cursor. Behind a full last row, a serialized screen has it in a wrong column.
  const isPlaced = changes.length > 0 || isRestored || cursor.row > 0 || cursor.column > 0;
  const place = moveTo(cursor.row - (isOrigin ? top : 0), cursor.column) + cursor.text + style;
  const restore = isRestored ? `${sets}\x1b8` : '';
  const use = isRestored ? '' : sets + (isShifted ? '\x0e' : '');
  return changes.join('') + restore + (isPlaced ? place : '') + use;
}

const PLAIN = '\x1b[0m';

/** Returns the sequence that sets the style of a character (SGR, ECMA-48 8.3.117). */
function styleOf(cell: IBufferCell): string {
  const flags = [
    [1, cell.isBold()],
    [2, cell.isDim()],
    [3, cell.isItalic()],
    [4, cell.isUnderline()],
    [5, cell.isBlink()],
    [7, cell.isInverse()],
    [8, cell.isInvisible()],
    [9, cell.isStrikethrough()],
    [53, cell.isOverline()],
  ] as const;
  const foreground = cell.isFgDefault() ? [] : [38, ...colorOf(cell.isFgRGB(), cell.getFgColor())];
  const background = cell.isBgDefault() ? [] : [48, ...colorOf(cell.isBgRGB(), cell.getBgColor())];
  const set = flags.flatMap(([code, isSet]) => (isSet ? [code] : []));
  return `\x1b[${[0, ...set, ...foreground, ...background].join(';')}m`;
}

function colorOf(isRgb: boolean, color: number): number[] {
  return isRgb ? [2, color >>> 16, (color >>> 8) & 0xff, color & 0xff] : [5, color];
}
