/** The rows of a screen of unknown size. A terminal job has as many if nothing else was asked for. */
export const SCREEN_ROWS = 30;
/**
 * The screen grows to the highest row that is addressed, up to this, since it may have been higher before. Programs address
 * row 999 for the last one.
 */
const MAX_ROWS = 200;

/** A row of a screen. Its identity tells whether a change made the cursor leave it. */
export interface ScreenRow {
  text: string;
}

interface SavedPosition {
  /** Counted from the first row that the screen ever had. */
  readonly row: number;
  readonly column: number;
}

interface ScreenBuffer {
  readonly rows: ScreenRow[];
  /** Rows that scrolled off at the top. */
  scrolled: number;
  saved: SavedPosition | undefined;
  /** Index of the cursor's row. */
  cursor: number;
  /** First and last row of the scroll region. */
  top: number;
  bottom: number;
}

/**
 * The text of the rows of a screen, and the row of the cursor. Rows that scroll off at the top are gone.
 */
export class ScreenRows {
  #buffer: ScreenBuffer;
  /** The main screen while the alternate screen is shown. */
  #main: ScreenBuffer | undefined;
  /** Rows are addressed from the top of the scroll region, which the cursor does not leave (DECOM). */
  #isOrigin = false;

  /** @param isEmpty whether the cursor is at the top of an empty screen, and not below output that is unknown */
  constructor(isEmpty: boolean, rows: number) {
    this.#buffer = emptyBuffer(rows, isEmpty ? 0 : rows - 1);
  }

  /** The row of the cursor. */
  get current(): ScreenRow {
    return this.#buffer.rows[this.#buffer.cursor] as ScreenRow;
  }

  /** Moves down one row; the rows scroll if the cursor is at the bottom. */
  lineFeed(): void {
    const { cursor, bottom, rows } = this.#buffer;
    if (cursor === bottom) this.#scrollOff(1);
    else if (cursor < rows.length - 1) this.#buffer.cursor++;
  }

  /** Moves up one row; the rows scroll if the cursor is at the top. */
  reverseLineFeed(): void {
    if (this.#buffer.cursor === this.#buffer.top) this.scrollDown(1);
    else if (this.#buffer.cursor > 0) this.#buffer.cursor--;
  }

  up(count: number): void {
    const { cursor, top } = this.#buffer;
    this.#buffer.cursor = Math.max(cursor - count, cursor >= top ? top : 0);
  }

  /**
   * Unlike on a terminal, rows scroll if the program moves by less than a screen: the real screen may be higher than
   * ours, and its next row must not overwrite the last one.
   */
  down(count: number): void {
    const { cursor, top, bottom, rows } = this.#buffer;
    const last = cursor <= bottom ? bottom : rows.length - 1;
    const beyond = cursor + count - last;
    this.#buffer.cursor = Math.min(cursor + count, last);
    const isWholeScreen = top === 0 && bottom === rows.length - 1;
    if (beyond > 0 && isWholeScreen && count < rows.length) this.#scrollOff(beyond);
  }

  /** @param row counted from 0, or from the top of the scroll region in origin mode */
  moveTo(row: number): void {
    if (this.#isOrigin) {
      this.#buffer.cursor = Math.min(this.#buffer.top + row, this.#buffer.bottom);
      return;
    }
    if (row >= Math.max(MAX_ROWS, this.#buffer.rows.length)) row = this.#buffer.rows.length - 1;
    this.#growTo(row + 1);
    this.#buffer.cursor = Math.max(0, row);
  }

  save(column: number): void {
    this.#buffer.saved = { row: this.#buffer.scrolled + this.#buffer.cursor, column };
  }

  /** Returns to the saved row. Returns the saved column. */
  restore(): number {
    const { saved, scrolled, top, bottom } = this.#buffer;
    this.#buffer.cursor = Math.max(this.#isOrigin ? top : 0, (saved?.row ?? 0) - scrolled);
    if (this.#isOrigin) this.#buffer.cursor = Math.min(this.#buffer.cursor, bottom);
    return saved?.column ?? 0;
  }

  forgetSaved(): void {
    this.#buffer.saved = undefined;
  }

  /** Erases all rows, that of the cursor included. */
  eraseAll(): void {
    this.#erase(0, this.#buffer.rows.length);
  }

  eraseAbove(): void {
    this.#erase(0, this.#buffer.cursor);
  }

  eraseBelow(): void {
    this.#erase(this.#buffer.cursor + 1, this.#buffer.rows.length);
  }

  /** Removes rows at the top of the scroll region and adds empty ones at its bottom. */
  scrollUp(count: number): void {
    this.#shift(this.#buffer.top, count);
  }

  scrollDown(count: number): void {
    this.#shift(this.#buffer.top, -count);
  }

  /** The cursor is in the scroll region. Only there, rows can be inserted and deleted. */
  get isInRegion(): boolean {
    const { cursor, top, bottom } = this.#buffer;
    return cursor >= top && cursor <= bottom;
  }

  /** Removes rows at the cursor and adds empty ones at the bottom of the scroll region. */
  deleteRows(count: number): void {
    this.#shift(this.#buffer.cursor, count);
  }

  /** Adds empty rows at the cursor. Rows at the bottom of the scroll region are gone. */
  insertRows(count: number): void {
    this.#shift(this.#buffer.cursor, -count);
  }

  /**
   * Limits scrolling to rows, and moves the cursor to the first row.
   *
   * @param top counted from 0
   * @param bottom included; the last row if it is undefined
   */
  setRegion(top: number, bottom = this.#buffer.rows.length - 1): void {
    if (bottom < MAX_ROWS) this.#growTo(bottom + 1);
    bottom = Math.min(bottom, this.#buffer.rows.length - 1);
    if (bottom <= top) return;
    this.#buffer.top = top;
    this.#buffer.bottom = bottom;
    this.moveTo(0);
  }

  /** Sets or resets origin mode, and moves the cursor to the first row that can be addressed. */
  setOrigin(isOn: boolean): void {
    this.#isOrigin = isOn;
    this.moveTo(0);
  }

  /** Makes the scroll region the whole screen, and ends origin mode. */
  resetRegion(): void {
    this.#isOrigin = false;
    this.#buffer.top = 0;
    this.#buffer.bottom = this.#buffer.rows.length - 1;
  }

  get isAlternate(): boolean {
    return this.#main !== undefined;
  }

  /** Shows the alternate screen, which is empty. */
  enterAlternate(): void {
    if (this.#main !== undefined) return;
    this.#main = this.#buffer;
    this.#buffer = emptyBuffer(this.#main.rows.length, this.#main.cursor);
  }

  leaveAlternate(): void {
    if (this.#main === undefined) return;
    const { cursor } = this.#buffer;
    this.#buffer = this.#main;
    this.#main = undefined;
    this.#buffer.cursor = Math.min(cursor, this.#buffer.rows.length - 1);
  }

  #scrollOff(count: number): void {
    this.scrollUp(count);
    if (this.#buffer.top === 0) this.#buffer.scrolled += count;
  }

  /** Moves the rows from one to the bottom of the scroll region up, or down if `count` is negative. */
  #shift(first: number, count: number): void {
    const { rows, bottom } = this.#buffer;
    for (let turn = Math.min(Math.abs(count), bottom - first + 1); turn > 0; turn--) {
      rows.splice(count > 0 ? first : bottom, 1);
      rows.splice(count > 0 ? bottom : first, 0, { text: '' });
    }
  }

  #erase(from: number, to: number): void {
    for (let row = from; row < to; row++) this.#buffer.rows[row] = { text: '' };
  }

  #growTo(count: number): void {
    const { rows, bottom } = this.#buffer;
    if (bottom === rows.length - 1) this.#buffer.bottom = Math.max(bottom, count - 1);
    while (rows.length < count) rows.push({ text: '' });
  }
}

function emptyBuffer(count: number, cursor: number): ScreenBuffer {
  const rows = Array.from({ length: count }, () => ({ text: '' }));
  return { rows, scrolled: 0, saved: undefined, cursor, top: 0, bottom: count - 1 };
}
