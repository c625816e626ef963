import { widthOf } from './character-width.ts';

/**
 * A line of a terminal that can be overwritten. Once it is overwritten it consists of cells, one a column: the first
 * cell of a wide character or a tab holds it, and its other cells are empty strings. If a part of such a character is
 * overwritten, blanks replace the rest.
 *
 * A drawing is what the line shows before new content is overwritten or erased, such as one state of a progress bar.
 */
export class LineCells {
  readonly #onDrawing: () => void;
  /** The line while text was only appended to it; `#cells` replaces it at the first edit. */
  #text = '';
  #cells: string[] | undefined;
  #column = 0;
  /** A carriage return was the last change. A line end or a whole new line follows most often. */
  #isReturned = false;
  /** Text was written since the last drawing was reported. */
  #isFresh = false;
  /** The cursor moved back since then, so that the next text overwrites. */
  #isMovedBack = false;
  /** Columns of the part before the mark. Undefined without a mark. */
  #marked: number | undefined;
  /** The cursor has been before the mark since the line was marked or changed. */
  #isBeforeMark = false;
  #isRedrawn = false;

  /** @param onDrawing called before a drawing is overwritten or erased */
  constructor(onDrawing: () => void = () => undefined) {
    this.#onDrawing = onDrawing;
  }

  get text(): string {
    return this.#cells?.join('') ?? this.#text;
  }

  get isEmpty(): boolean {
    return (this.#cells ?? this.#text).length === 0;
  }

  /** Nothing was written, and the cursor is at the beginning. */
  get isUnused(): boolean {
    return this.#cells === undefined && this.#text === '';
  }

  get isMarked(): boolean {
    return this.#marked !== undefined;
  }

  /**
   * The part before the mark was changed, or the cursor was in it before the line was changed. If not, all that is new
   * follows that part.
   */
  get isRedrawn(): boolean {
    return this.#isRedrawn;
  }

  /** The column of the cursor, counted from 0. */
  get column(): number {
    if (this.#isReturned) return 0;
    return this.#cells === undefined ? columnsOf(this.#text) : this.#column;
  }

  clear(): void {
    this.#text = '';
    this.#cells = undefined;
    this.#column = 0;
    this.#isReturned = false;
    this.#isFresh = false;
    this.#isMovedBack = false;
    this.#marked = undefined;
    this.#isBeforeMark = false;
    this.#isRedrawn = false;
  }

  /** Sets the mark behind what the line shows now. An empty line can be marked, too: it stands for one that is not known. */
  mark(): void {
    this.#marked = this.#cells?.length ?? columnsOf(this.#text);
    this.#isBeforeMark = this.column < this.#marked;
    this.#isRedrawn = false;
    this.#isFresh = false;
  }

  /** Replaces the line by another one, with the cursor at a column. */
  load(text: string, column: number): void {
    this.clear();
    this.#text = text;
    this.#isReturned = text !== '';
    if (column > 0) this.moveTo(column);
    this.#isMovedBack = false;
  }

  /** Writes at the cursor. */
  put(text: string): void {
    this.#beginDrawing();
    if (this.#isReturned && this.#isCoveredBy(text)) {
      this.#text = text;
      this.#cells = undefined;
      this.#isReturned = false;
      return;
    }
    if (this.#isReturned) this.#edit();
    if (this.#cells === undefined) {
      this.#text += text;
      return;
    }
    for (const character of text) this.#write(this.#cells, character);
  }

  /** Writes at the cursor; what follows moves to the right. */
  putBefore(text: string): void {
    this.#beginDrawing();
    for (const character of text) {
      this.insert(widthOf(character));
      this.put(character);
    }
  }

  /** Moves the cursor to the beginning of the line. */
  return(): void {
    this.#isReturned = true;
    this.#isMovedBack = true;
    this.#isBeforeMark = this.#marked !== undefined;
  }

  move(columns: number): void {
    this.#edit();
    this.moveTo(this.#column + columns);
  }

  /** @param column counted from 0 */
  moveTo(column: number): void {
    if (this.#marked !== undefined && column < this.#marked) this.#isBeforeMark = true;
    const width = Math.max(this.#edit().length, MAX_BLANK_COLUMNS);
    const target = Math.min(Math.max(0, column), width);
    if (target < this.#column) this.#isMovedBack = true;
    this.#column = target;
  }

  /** Moves the cursor back by tab stops. */
  tabBack(stops: number): void {
    const { column } = this;
    this.moveTo((Math.ceil(column / TAB_COLUMNS) - stops) * TAB_COLUMNS);
  }

  clearToEnd(): void {
    this.#noteChange();
    if (this.#isMovedBack) this.#endDrawing();
    if (this.#isReturned) this.#empty();
    // An appended line has nothing behind the cursor.
    else if (this.#cells !== undefined) this.#split(this.#column).splice(this.#column);
  }

  /** Includes the cell at the cursor. */
  clearFromBegin(): void {
    this.#isBeforeMark = this.#marked !== undefined;
    this.#noteChange();
    this.#endDrawing();
    this.#edit();
    this.#split(this.#column + 1).fill(' ', 0, this.#column + 1);
  }

  /** The cursor stays where it is. */
  clearAll(): void {
    this.#isBeforeMark = this.#marked !== undefined;
    this.#noteChange();
    this.#endDrawing();
    if (this.#isReturned) this.#empty();
    else this.#edit().length = 0;
  }

  /** Replaces so many columns by blanks. */
  blank(columns: number): void {
    this.#noteChange();
    if (this.#isMovedBack) this.#endDrawing();
    this.#cut(columns).fill(' ', this.#column, this.#column + columns);
  }

  /** What follows moves to the left. */
  delete(columns: number): void {
    this.#noteChange();
    if (this.#isMovedBack) this.#endDrawing();
    const cells = this.#cut(columns);
    this.#fixTabs(cells);
    cells.splice(this.#column, columns);
  }

  /** Inserts blanks; what follows moves to the right. */
  insert(columns: number): void {
    this.#noteChange();
    const cells = this.#cut(0);
    if (this.#column >= cells.length) return;
    this.#fixTabs(cells);
    cells.splice(this.#column, 0, ...Array<string>(Math.min(columns, MAX_BLANK_COLUMNS)).fill(' '));
  }

  #noteChange(): void {
    if (this.#isBeforeMark) this.#isRedrawn = true;
  }

  #beginDrawing(): void {
    this.#noteChange();
    if (this.#isMovedBack) this.#endDrawing();
    this.#isMovedBack = false;
    this.#isFresh = true;
  }

  #endDrawing(): void {
    if (this.#isFresh) this.#onDrawing();
    this.#isFresh = false;
  }

  /** Empties a line whose cursor is at its beginning. */
  #empty(): void {
    this.#text = '';
    this.#cells = undefined;
    this.#column = 0;
    this.#isReturned = false;
  }

  #isCoveredBy(text: string): boolean {
    // A tab skips the cells that it passes.
    if (text === '\t') return false;
    return columnsOf(text) >= (this.#cells?.length ?? columnsOf(this.#text));
  }

  #edit(): string[] {
    if (this.#cells === undefined) {
      this.#cells = [];
      this.#column = 0;
      for (const character of this.#text) this.#write(this.#cells, character);
    }
    if (this.#isReturned) this.#column = 0;
    this.#isReturned = false;
    return this.#cells;
  }

  #write(cells: string[], character: string): void {
    if (character === '\t' && this.#column < cells.length) {
      this.#column = nextTabStop(this.#column);
      return;
    }
    while (cells.length < this.#column) cells.push(' ');
    const width = character === '\t' ? nextTabStop(this.#column) - this.#column : widthOf(character);
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

  /** Replaces characters that the cursor, or a point so many columns behind it, divides by blanks. */
  #cut(columns: number): string[] {
    this.#edit();
    this.#split(this.#column);
    return this.#split(this.#column + columns);
  }

  /** Replaces the tabs behind the cursor by blanks, because they are about to move and must keep their width. */
  #fixTabs(cells: string[]): void {
    for (let at = this.#column; at < cells.length; at++) {
      if (cells[at]?.startsWith('\t') !== true) continue;
      cells[at] = ' ' + (cells[at] as string).slice(1);
      while (cells[at + 1] === '') cells[++at] = ' ';
    }
  }

  /** Replaces a character that extends over the beginning of a column by blanks. */
  #split(column: number): string[] {
    const cells = this.#edit();
    if (cells[column] !== '') return cells;
    let [begin, end] = [column, column];
    while (cells[begin] === '') begin--;
    while (cells[end] === '') end++;
    return cells.fill(' ', begin, end);
  }
}

/** Columns that a cursor movement may open behind the text. Programs move 999 to the right to reach the end. */
const MAX_BLANK_COLUMNS = 500;
const TAB_COLUMNS = 8;

function nextTabStop(column: number): number {
  return column - (column % TAB_COLUMNS) + TAB_COLUMNS;
}

/** Matches text of which every character takes one column. Most text does. */
const NARROW = /^[\x20-\u02ff]*$/;

/** Returns the columns that a text takes at the beginning of a line. */
function columnsOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let columns = 0;
  for (const character of text)
    columns = character === '\t' ? nextTabStop(columns) : columns + widthOf(character);
  return columns;
}
