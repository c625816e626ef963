import { widthOf } from './character-width.ts';

/**
 * A line of a terminal that is written, and written over. Once it is written over it consists of cells, one a
 * column: the first cell of a wide character or a tab holds it and its other cells are empty strings. Where part
 * of one is written over, blanks are left of the rest.
 */
export class ShownLine {
  /** The line while it was only appended to; `#cells` replaces it once something is written over. */
  #text = '';
  #cells: string[] | undefined;
  #column = 0;
  /** A carriage return came and nothing was written since. Most often a line end or a whole new line follows. */
  #returned = false;

  get text(): string {
    return this.#cells?.join('') ?? this.#text;
  }

  get isEmpty(): boolean {
    return (this.#cells ?? this.#text).length === 0;
  }

  clear(): void {
    this.#text = '';
    this.#cells = undefined;
    this.#column = 0;
    this.#returned = false;
  }

  /** Writes from the cursor on. */
  put(text: string): void {
    if (this.#returned && this.#isCoveredBy(text)) this.clear();
    if (this.#returned) this.#edit();
    if (this.#cells === undefined) {
      this.#text += text;
      return;
    }
    for (const character of text) this.#write(this.#cells, character);
  }

  /** To the begin of the line. */
  return(): void {
    this.#returned = true;
  }

  move(columns: number): void {
    this.#edit();
    this.moveTo(this.#column + columns);
  }

  /** @param column counted from 0 */
  moveTo(column: number): void {
    const width = Math.max(this.#edit().length, MAX_BLANK_WIDTH);
    this.#column = Math.min(Math.max(0, column), width);
  }

  clearToEnd(): void {
    if (this.#returned) this.clear();
    // Where nothing was written over there is nothing behind the cursor.
    else if (this.#cells !== undefined) this.#split(this.#column).splice(this.#column);
  }

  /** The cell at the cursor included. */
  clearFromBegin(): void {
    this.#edit();
    this.#split(this.#column + 1).fill(' ', 0, this.#column + 1);
  }

  /** The cursor stays where it is. */
  clearAll(): void {
    if (this.#returned) this.clear();
    else this.#edit().length = 0;
  }

  /** Puts blanks in the place of so many columns. */
  blank(columns: number): void {
    this.#cut(columns).fill(' ', this.#column, this.#column + columns);
  }

  /** What follows moves to the left. */
  delete(columns: number): void {
    const cells = this.#cut(columns);
    this.#fixTabs(cells);
    cells.splice(this.#column, columns);
  }

  /** Blanks, before which nothing moves; what follows moves to the right. */
  insert(columns: number): void {
    const cells = this.#cut(0);
    if (this.#column >= cells.length) return;
    this.#fixTabs(cells);
    cells.splice(this.#column, 0, ...Array<string>(Math.min(columns, MAX_BLANK_WIDTH)).fill(' '));
  }

  #isCoveredBy(text: string): boolean {
    // A tab moves on and leaves what it passes.
    if (text === '\t') return false;
    return columnsOf(text) >= (this.#cells?.length ?? columnsOf(this.#text));
  }

  #edit(): string[] {
    if (this.#cells === undefined) {
      this.#cells = [];
      this.#column = 0;
      for (const character of this.#text) this.#write(this.#cells, character);
    }
    if (this.#returned) this.#column = 0;
    this.#returned = false;
    return this.#cells;
  }

  #write(cells: string[], character: string): void {
    if (character === '\t' && this.#column < cells.length) {
      this.#column = tabStop(this.#column);
      return;
    }
    while (cells.length < this.#column) cells.push(' ');
    const width = character === '\t' ? tabStop(this.#column) - this.#column : widthOf(character);
    if (width === 0 && this.#column > 0) {
      let before = this.#column - 1;
      while (cells[before] === '') before--;
      cells[before] = (cells[before] as string) + character;
      return;
    }
    if (this.#column < cells.length) this.#cut(Math.max(1, width));
    cells[this.#column++] = character;
    for (let more = 1; more < width; more++) cells[this.#column++] = '';
  }

  /** Leaves blanks of characters that so many columns from the cursor on hold one half of. */
  #cut(columns: number): string[] {
    this.#edit();
    this.#split(this.#column);
    return this.#split(this.#column + columns);
  }

  /** Makes blanks of the tabs behind the cursor, which are about to move and must stay as wide as they are. */
  #fixTabs(cells: string[]): void {
    for (let at = this.#column; at < cells.length; at++) {
      if (cells[at]?.startsWith('\t') !== true) continue;
      cells[at] = ' ' + (cells[at] as string).slice(1);
      while (cells[at + 1] === '') cells[++at] = ' ';
    }
  }

  /** Leaves blanks of a character that stands on both sides of a column's begin. */
  #split(column: number): string[] {
    const cells = this.#edit();
    if (cells[column] !== '') return cells;
    let [begin, end] = [column, column];
    while (cells[begin] === '') begin--;
    while (cells[end] === '') end++;
    return cells.fill(' ', begin, end);
  }
}

/** Columns that a cursor movement may open up past the text; programs say "999 to the right" for "the end". */
const MAX_BLANK_WIDTH = 500;
const TAB_WIDTH = 8;

function tabStop(column: number): number {
  return column - (column % TAB_WIDTH) + TAB_WIDTH;
}

/** Nothing but characters of one column, which most text is: none is looked at by itself then. */
const NARROW = /^[\x20-\u02ff]*$/;

/** Columns that a text takes at the begin of a line. */
function columnsOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let columns = 0;
  for (const character of text)
    columns = character === '\t' ? tabStop(columns) : columns + widthOf(character);
  return columns;
}
