import type { IBufferCell, Terminal } from '@xterm/headless';

/** Returns the sequence that moves the cursor to a place; the first row and column are 0. */
function moveTo(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}

/** Returns sequences that bring the cursor of another terminal with the same text to where it is in this one. */
export function placeCursor({ buffer: { active }, cols }: Terminal): string {
  const { cursorX, cursorY, baseY } = active;
  if (cursorX < cols) return moveTo(cursorY, cursorX);
  // It waits behind the last column until the next character. Only another character there brings it to that place.
  const line = active.getLine(baseY + cursorY);
  const column = line?.getCell(cols - 1)?.getWidth() === 0 ? cols - 2 : cols - 1;
  const cell = line?.getCell(column);
  return cell === undefined ? '' : `${moveTo(cursorY, column)}${styleOf(cell)}${cell.getChars() || ' '}`;
}

/**
 * Returns sequences that save the cursor (DECSC) where a program has saved it, and bring it back to its place. A serialized
 * screen does not tell. Empty if nothing was saved.
 *
 * It draws on the terminal, from which nothing else can be read afterwards.
 */
export async function saveCursorAgain(
  terminal: Terminal,
  write: (data: string) => Promise<void>,
): Promise<string> {
  const { active } = terminal.buffer;
  // Then places count from the scroll region, whose home a serialized screen takes for the place of the cursor.
  if (terminal.modes.originMode) return '';
  /** The style of text that the program prints next is that of a character. */
  const nextStyle = async (): Promise<string> => {
    await write('\x1b[Hx');
    const cell = active.getLine(active.baseY)?.getCell(0);
    return cell === undefined ? '' : styleOf(cell);
  };
  const place = placeCursor(terminal);
  const style = await nextStyle();
  await write('\x1b8');
  const savedPlace = moveTo(active.cursorY, active.cursorX);
  const savedStyle = await nextStyle();
  if (savedPlace === moveTo(0, 0) && savedStyle === PLAIN) return '';
  return `${savedPlace}${savedStyle}\x1b7${place}${style}`;
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
