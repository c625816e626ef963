import { LineCells } from './line-cells.ts';
import { ScreenRows } from './screen-rows.ts';

/** Receives the lines of a stream. */
export interface LineSink {
  /**
   * A line is complete. `end` is the cursor behind the byte that ended it. `isRedrawn`: its beginning was dropped, and then
   * changed, so the text contains it.
   */
  line(text: string, end: number, isRedrawn: boolean): void;
  /** The cursor left a line that had not changed. `end` is the cursor behind the byte that moved it. */
  left(end: number): void;
  /** What the line in progress shows is about to be overwritten or erased. `end` is a cursor behind its beginning. */
  drawing?: ((text: string, end: number) => void) | undefined;
}

export interface DrawnLinesOptions {
  /** Whether an empty screen begins here. If not, the cursor is on its last row, below output that is not known. */
  readonly isScreenEmpty: boolean;
  /** Rows of the screen. */
  readonly rows: number;
  /** Returns the lines before. Called at most once, when the stream moves to another row. */
  readonly earlierLines: () => readonly string[];
  /** Returns the cursor behind the byte that is being carried out. */
  readonly position: () => number;
}

/**
 * The line in progress and the rows around it. If the cursor moves to another row, or the row is erased or scrolled, a
 * line that has changed is complete, and the stream continues with what the other row shows.
 */
export class DrawnLines {
  readonly line = new LineCells(() => {
    this.#sink.drawing?.(this.#withoutDropped(this.line.text), this.#options.position());
  });
  readonly #options: DrawnLinesOptions;
  #sink: LineSink = NO_SINK;
  /** The line differs from what was on the row before. */
  #isChanged = false;
  /** The line is the rest of one whose beginning was dropped. */
  #isRest = false;
  /** That beginning, which the line still has; empty if it is too long. */
  #dropped = '';
  /** Undefined until the stream moves to another row for the first time. Until then `#recentLines` are kept. */
  #rows: ScreenRows | undefined;
  #recentLines: string[] = [];

  constructor(options: DrawnLinesOptions) {
    this.#options = options;
  }

  /** Sends lines to the sink until the next call, without one to nowhere. */
  sendTo(sink: LineSink = NO_SINK): void {
    this.#sink = sink;
  }

  /** The line in progress shows something new. */
  get isLineOpen(): boolean {
    return this.#isChanged && !this.line.isEmpty;
  }

  /** The line in progress; empty if it has not changed. */
  get text(): string {
    return this.#isChanged ? this.#withoutDropped(this.line.text) : '';
  }

  /** The beginning of the line in progress was dropped, and then changed, so its text contains it. */
  get isRedrawn(): boolean {
    return this.line.isRedrawn;
  }

  /** A whole line of plain text can be added at once. */
  get isAtNewLine(): boolean {
    return this.#rows === undefined && this.line.isUnused;
  }

  /** Whether the cursor is within the scroll region. */
  get isInRegion(): boolean {
    return this.#screen().isInRegion;
  }

  get isAlternate(): boolean {
    return this.#rows?.isAlternate === true;
  }

  markChanged(): void {
    this.#isChanged = true;
  }

  /** See `TerminalStream.dropLine()`. */
  dropLine(maxRowBytes: number): void {
    const { text, column, isUnused } = this.line;
    const isTooLong = maxRowBytes === 0 || Math.max(column, Buffer.byteLength(text)) > maxRowBytes;
    const isOpen = this.isLineOpen;
    if (isTooLong) this.line.clear();
    if (isOpen) this.#isRest = true;
    // The rest can change it: after a carriage return, for example.
    if (isOpen) this.#dropped = this.line.text;
    if (isOpen || (isUnused && isTooLong)) this.line.mark();
    if (isOpen || isTooLong) this.#isChanged = false;
  }

  /** Adds a whole line. Only while `isAtNewLine`. */
  addLine(text: string): void {
    // A line that was erased begins again.
    const { isRedrawn, isMarked } = this.line;
    if (isMarked) this.line.clear();
    this.#keepRecent(text);
    this.#beginLine();
    this.#sink.line(text, this.#options.position(), isRedrawn);
  }

  lineFeed(): void {
    const { text } = this.line;
    const end = this.#options.position();
    // A program may pass rows that it does not change, on its way down.
    if (this.#rows === undefined || this.#isChanged || this.#isRest || text.trim() === '') {
      this.#sink.line(this.#withoutDropped(text), end, this.isRedrawn);
    } else this.#sink.left(end);
    if (this.#rows === undefined) {
      this.#keepRecent(text);
      this.line.clear();
    } else {
      this.#rows.current.text = text;
      this.#rows.lineFeed();
      this.line.load(this.#rows.current.text, 0);
    }
    this.#beginLine();
  }

  /**
   * Carries out a change after which the cursor may be on another row. If so, the line is complete.
   *
   * @param column where the cursor is then; by default, the column stays
   */
  moveRows(change: (rows: ScreenRows) => void, column?: number | (() => number)): void {
    const rows = this.#screen();
    const before = rows.current;
    const { text } = this.line;
    before.text = text;
    change(rows);
    const newColumn = typeof column === 'function' ? column() : (column ?? this.line.column);
    if (rows.current === before) {
      this.line.moveTo(newColumn);
      return;
    }
    const end = this.#options.position();
    if (this.#isRest || (this.#isChanged && text.trim() !== '')) {
      this.#sink.line(this.#withoutDropped(text), end, this.isRedrawn);
    } else this.#sink.left(end);
    this.line.load(rows.current.text, newColumn);
    this.#beginLine();
  }

  eraseInLine(part: number): void {
    if (part === 0) this.line.clearToEnd();
    else if (part === 1) this.line.clearFromBegin();
    else if (part === 2) this.line.clearAll();
    else return;
    this.#isChanged = true;
  }

  eraseInScreen(part: number): void {
    if (part === 2) {
      this.moveRows((rows) => rows.eraseAll());
      return;
    }
    if (part > 2) return;
    this.eraseInLine(part);
    if (part === 0) this.#rows?.eraseBelow();
    else this.#screen().eraseAbove();
  }

  savePosition(): void {
    this.#screen().save(this.line.column);
  }

  restorePosition(): void {
    let column = 0;
    this.moveRows(
      (rows) => {
        column = rows.restore();
      },
      () => column,
    );
  }

  /** Forgets the scroll region and the saved position, as a soft reset does. */
  resetRows(): void {
    this.#rows?.resetRegion();
    this.#rows?.forgetSaved();
  }

  #beginLine(): void {
    this.#isChanged = false;
    this.#isRest = false;
    this.#dropped = '';
  }

  #withoutDropped(text: string): string {
    return this.isRedrawn ? text : text.slice(this.#dropped.length);
  }

  #keepRecent(line: string): void {
    this.#recentLines.push(line);
    const { rows } = this.#options;
    if (this.#recentLines.length > 8 * rows) this.#recentLines.splice(0, 7 * rows);
  }

  /** The rows, which are made of the lines so far at the first use. */
  #screen(): ScreenRows {
    if (this.#rows !== undefined) return this.#rows;
    const { isScreenEmpty, rows } = this.#options;
    this.#rows = new ScreenRows(isScreenEmpty, rows);
    const earlier = this.#recentLines.length >= rows ? [] : this.#options.earlierLines();
    for (const text of [...earlier, ...this.#recentLines]) {
      this.#rows.current.text = text;
      this.#rows.lineFeed();
    }
    this.#recentLines = [];
    return this.#rows;
  }
}

const NO_SINK: LineSink = { line: () => undefined, left: () => undefined };
