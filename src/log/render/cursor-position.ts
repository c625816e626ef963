import { widthOf } from './character-width.ts';
import { type OutputHandler, OutputParser } from './output-parser.ts';

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Where a cursor is; the first row and column are 0. The column behind the last one is that of a full row. */
interface Position {
  row: number;
  column: number;
}

interface Screen extends Position {
  /** Its row is counted from the first row that the screen ever had. */
  saved: Position;
  /** Rows that scrolled off at the top, and are kept. */
  scrolled: number;
  /** First and last row of the scroll region. */
  top: number;
  bottom: number;
}

const TAB_WIDTH = 8;
/** Longest repetition of a character, of a tab and of a step. */
const MAX_COUNT = 9999;

/**
 * Returns where the cursor of a terminal is after some output; the first row and column are 1. It keeps no text, so it is
 * much cheaper than a terminal emulator.
 *
 * @param output from a point at which the cursor was at the top of an empty screen, or much more than fills the screen
 * @param encoding a name that `encodingNamed()` returned, other than UTF-16; by default UTF-8
 */
export function cursorAfter(output: Buffer, size: Size, encoding?: string): Position {
  const tracker = new CursorTracker(size);
  new OutputParser(tracker, false, encoding).feed(output, 0);
  const { row, column } = tracker.position;
  return { row: row + 1, column: Math.min(column, size.columns - 1) + 1 };
}

/** Follows the cursor as xterm does (xterm control sequences). */
class CursorTracker implements OutputHandler {
  readonly #size: Size;
  readonly #main: Screen;
  #screen: Screen;
  #wraps = true;
  /** Rows are counted from the scroll region (DECOM). */
  #isInRegion = false;
  #last = '';

  constructor(size: Size) {
    this.#size = size;
    this.#main = this.#newScreen({ row: 0, column: 0 });
    this.#screen = this.#main;
  }

  get position(): Position {
    return this.#screen;
  }

  print(text: string): void {
    const { columns } = this.#size;
    for (const character of text) {
      const width = widthOf(character);
      if (width === 0) continue;
      this.#last = character;
      if (this.#screen.column + width > columns) {
        if (this.#wraps) {
          this.#screen.column = 0;
          this.#nextRow();
        } else {
          this.#screen.column = columns - 1;
          if (width === 2) continue;
        }
      }
      this.#screen.column += width;
    }
  }

  printLine(text: string): void {
    this.print(text);
    this.lineFeed();
  }

  lineFeed(): void {
    this.#last = '';
    this.#nextRow();
    this.#leaveMargin();
  }

  control(byte: number): void {
    this.#last = '';
    if (byte === 0x0d) this.#screen.column = 0;
    else if (byte === 0x08) this.#moveColumn(-1);
    else if (byte === 0x09) this.#tab(1);
    else if (byte === 0x0b || byte === 0x0c) this.lineFeed();
  }

  escape(intermediates: string, final: string): void {
    this.#last = '';
    if (intermediates !== '') {
      // DECALN
      if (intermediates === '#' && final === '8') this.#moveTo(0, 0);
      return;
    }
    if (final === 'D') this.lineFeed();
    else if (final === 'E') {
      this.#screen.column = 0;
      this.lineFeed();
    } else if (final === 'M') this.#previousRow();
    else if (final === '7') this.#save();
    else if (final === '8') this.#restore();
    else if (final === 'c') this.#reset();
  }

  sequence(parameters: string, final: string): void {
    const last = this.#last;
    // A character is repeated only directly behind it.
    this.#last = '';
    if (final === 'm') return;
    if (parameters.startsWith('?') && (final === 'h' || final === 'l')) {
      for (const mode of parameters.slice(1).split(';')) this.#setMode(mode, final === 'h');
      return;
    }
    if (parameters === '!' && final === 'p') {
      this.#resetModes();
      return;
    }
    if (!/^[\d;:]*$/.test(parameters)) return;
    const [first = 0, second = 0] = parameters
      .split(';')
      .map((digits) => Math.min(Number.parseInt(digits) || 0, MAX_COUNT));
    if (final === 'b') this.print(last.repeat(Math.max(1, first)));
    else this.#move(final, first, second);
  }

  #move(final: string, first: number, second: number): void {
    const count = Math.max(1, first);
    switch (final) {
      case 'A':
        this.#up(count);
        break;
      case 'B':
        this.#down(count);
        break;
      case 'C':
      case 'a':
        this.#moveColumn(count);
        break;
      case 'D':
        this.#moveColumn(-count);
        break;
      case 'E':
        this.#down(count);
        this.#screen.column = 0;
        break;
      case 'F':
        this.#up(count);
        this.#screen.column = 0;
        break;
      case 'G':
      case '`':
        this.#moveTo(this.#screen.row, count - 1, true);
        break;
      case 'H':
      case 'f':
        this.#moveTo(count - 1, Math.max(1, second) - 1);
        break;
      case 'd':
        this.#moveTo(count - 1, this.#column);
        break;
      case 'e':
        this.#moveTo(this.#screen.row + count, this.#column, true);
        break;
      case 'I':
        this.#tab(count);
        break;
      case 'Z':
        for (let turn = 0; turn < count && this.#screen.column > 0; turn++) {
          if (this.#screen.column < this.#size.columns) this.#screen.column = tabBefore(this.#screen.column);
          else break;
        }
        break;
      case 'L':
      case 'M':
        this.#leaveMargin();
        if (this.#screen.row >= this.#screen.top && this.#screen.row <= this.#screen.bottom)
          this.#screen.column = 0;
        break;
      case 'J':
      case 'K':
        this.#screen.column = Math.min(this.#screen.column, this.#size.columns);
        break;
      case '@':
      case 'P':
      case 'X':
        this.#leaveMargin();
        break;
      case 'r':
        this.#setRegion(first, second);
        break;
      case 's':
        this.#save();
        break;
      case 'u':
        this.#restore();
        break;
    }
  }

  /** The column without that behind the last one. */
  get #column(): number {
    return Math.min(this.#screen.column, this.#size.columns - 1);
  }

  #leaveMargin(): void {
    this.#screen.column = this.#column;
  }

  #moveColumn(count: number): void {
    this.#screen.column = clamp(this.#column + count, 0, this.#size.columns - 1);
  }

  /** @param isAbsolute the row is counted from the top of the screen in any mode */
  #moveTo(row: number, column: number, isAbsolute = false): void {
    const { top, bottom } = this.#screen;
    const [first, last] = this.#isInRegion ? [top, bottom] : [0, this.#size.rows - 1];
    this.#screen.row = clamp(isAbsolute ? row : first + row, first, last);
    this.#screen.column = clamp(column, 0, this.#size.columns - 1);
  }

  #up(count: number): void {
    const { row, top } = this.#screen;
    this.#moveTo(Math.max(row - count, row >= top ? top : 0), this.#column, true);
  }

  #down(count: number): void {
    const { row, bottom } = this.#screen;
    this.#moveTo(Math.min(row + count, row <= bottom ? bottom : this.#size.rows - 1), this.#column, true);
  }

  /** The screen scrolls at the end of the scroll region. */
  #nextRow(): void {
    const { row, top, bottom } = this.#screen;
    if (row === bottom) {
      if (top === 0 && this.#screen === this.#main) this.#screen.scrolled++;
    } else if (row < this.#size.rows - 1) this.#screen.row++;
  }

  #previousRow(): void {
    this.#leaveMargin();
    const { row, top } = this.#screen;
    if (row !== top && row > 0) this.#screen.row--;
  }

  #tab(count: number): void {
    const { columns } = this.#size;
    for (let turn = 0; turn < count && this.#screen.column < columns - 1; turn++) {
      this.#screen.column = Math.min(
        columns - 1,
        (Math.floor(this.#screen.column / TAB_WIDTH) + 1) * TAB_WIDTH,
      );
    }
  }

  /** @param top counted from 1 @param bottom included; 0 for the last row */
  #setRegion(top: number, bottom: number): void {
    const { rows } = this.#size;
    const last = bottom === 0 || bottom > rows ? rows - 1 : bottom - 1;
    const first = Math.max(1, top) - 1;
    if (last <= first) return;
    this.#screen.top = first;
    this.#screen.bottom = last;
    this.#moveTo(0, 0);
  }

  #save(): void {
    const { row, column, scrolled } = this.#screen;
    this.#screen.saved = { row: scrolled + row, column };
  }

  #restore(): void {
    const { saved, scrolled } = this.#screen;
    this.#moveTo(saved.row - scrolled, saved.column, true);
  }

  #setMode(mode: string, isSet: boolean): void {
    switch (mode) {
      case '6':
        this.#isInRegion = isSet;
        this.#moveTo(0, 0);
        break;
      case '7':
        this.#wraps = isSet;
        break;
      case '1048':
        if (isSet) this.#save();
        else this.#restore();
        break;
      case '1049':
        if (isSet) this.#save();
        this.#setAlternate(isSet);
        if (!isSet) this.#restore();
        break;
      case '47':
      case '1047':
        this.#setAlternate(isSet);
        break;
    }
  }

  #setAlternate(isSet: boolean): void {
    const { row, column } = this.#screen;
    if (isSet === (this.#screen !== this.#main)) return;
    this.#screen = isSet ? this.#newScreen({ row, column }) : this.#main;
    Object.assign(this.#screen, { row, column });
  }

  #resetModes(): void {
    this.#wraps = true;
    this.#isInRegion = false;
    const saved = { row: this.#screen.scrolled, column: 0 };
    Object.assign(this.#screen, { top: 0, bottom: this.#size.rows - 1, saved });
  }

  #reset(): void {
    this.#screen = this.#main;
    Object.assign(this.#screen, { row: 0, column: 0, scrolled: 0 });
    this.#resetModes();
  }

  #newScreen(position: Position): Screen {
    return { ...position, saved: { row: 0, column: 0 }, scrolled: 0, top: 0, bottom: this.#size.rows - 1 };
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function tabBefore(column: number): number {
  return Math.max(0, (Math.ceil(column / TAB_WIDTH) - 1) * TAB_WIDTH);
}
