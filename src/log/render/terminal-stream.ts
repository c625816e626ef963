import { CharacterSets } from './character-sets.ts';
import { LineCells } from './line-cells.ts';
import { OrderMarkParser } from './order-mark-parser.ts';
import { type OutputHandler, OutputParser, type StreamParser } from './output-parser.ts';
import { SCREEN_ROWS, ScreenRows } from './screen-rows.ts';
import { isUtf16 } from './text-encoding.ts';
import { Utf16Parser } from './utf16-parser.ts';

/** Receives the lines of a stream. */
export interface LineSink {
  /** A line is complete. `end` is the cursor behind the byte that ended it. */
  line(text: string, end: number): void;
  /** The cursor left a line that had not changed. `end` is the cursor behind the byte that moved it. */
  left(end: number): void;
  /** What the line in progress shows is about to be overwritten or erased. `end` is a cursor behind its beginning. */
  drawing?: ((text: string, end: number) => void) | undefined;
}

export interface TerminalStreamOptions {
  /** Whether the stream begins here, so that a byte order mark may follow. */
  readonly isAtStart?: boolean;
  /** Whether an empty screen begins here. If not, the cursor is on its last row, below output that is not known. */
  readonly isScreenEmpty?: boolean;
  /** The lines before, which do not move to other rows. They are rendered once they are needed. */
  readonly earlierLines?: Buffer | undefined;
  /** A name that `encodingNamed()` returned. The default is UTF-8, or UTF-16 if the stream begins with its byte order mark. */
  readonly encoding?: string | undefined;
}

/**
 * Turns the bytes of one stream into lines of text as a person would see them on a terminal. Escape sequences are
 * removed. Carriage return, backspace, cursor movement and erasing within a line change the line. If the cursor moves
 * to another row, or the row is erased or scrolled, a line that has changed is complete; the stream continues with
 * what the other row shows. So a log has every state of every row, in the order in which they were drawn.
 *
 * Unlike on a terminal, lines do not wrap, and a line feed ends insert mode and line drawing.
 */
export class TerminalStream {
  readonly #options: TerminalStreamOptions;
  readonly #parser: StreamParser;
  readonly #line = new LineCells(() => this.#sink.drawing?.(this.#line.text, this.#parser.position));
  readonly #characterSets = new CharacterSets();
  #sink: LineSink = NO_SINK;
  /** The line differs from what was on the row before. */
  #isChanged = false;
  /** The line is the rest of one whose beginning was dropped. */
  #isRest = false;
  /** That beginning, while the line still has it. */
  #dropped = '';
  /** Undefined until the stream moves to another row for the first time. Until then `#recentLines` are kept. */
  #rows: ScreenRows | undefined;
  #recentLines: string[] = [];
  #isInserting = false;
  #isPlain = true;
  #lastText = '';

  constructor(options: TerminalStreamOptions = {}) {
    this.#options = options;
    const handler = {
      print: (text: string) => this.#print(text),
      printLine: (text: string) => this.#printLine(text),
      lineFeed: () => this.#lineFeed(),
      control: (byte: number) => this.#control(byte),
      escape: (intermediates: string, final: string) => this.#escape(intermediates, final),
      sequence: (parameters: string, final: string) => this.#sequence(parameters, final),
    };
    this.#parser = parserOf(handler, options);
  }

  /** No character and no escape sequence is incomplete. */
  get isComplete(): boolean {
    return this.#parser.isComplete;
  }

  /** Cursor of the first byte of an incomplete character or sequence; it may be before the bytes fed last. */
  get openAt(): number | undefined {
    return this.#parser.openAt;
  }

  /** The line in progress shows nothing new, and nothing is incomplete. */
  get isBlank(): boolean {
    return this.isComplete && !this.isLineOpen;
  }

  /** The line in progress shows something new. */
  get isLineOpen(): boolean {
    return this.#isChanged && !this.#line.isEmpty;
  }

  /** The line in progress, without an incomplete character; empty if it has not changed. */
  get text(): string {
    return this.#isChanged ? this.#withoutDropped(this.#line.text) : '';
  }

  /**
   * Drops what the line in progress shows. Its rest is a line. An incomplete character or sequence remains.
   *
   * @param maxRowBytes a row that is longer is dropped, even if it has not changed
   */
  dropLine(maxRowBytes = Infinity): void {
    if (this.#line.isUnused) return;
    const { text, column } = this.#line;
    const isTooLong = Math.max(column, Buffer.byteLength(text)) > maxRowBytes;
    const isOpen = this.isLineOpen;
    if (isOpen) {
      this.#isRest = true;
      this.#dropped = text;
    }
    // Only a stream that moves between rows can come back to this one.
    if (isTooLong || (isOpen && this.#rows === undefined)) {
      this.#line.clear();
      this.#dropped = '';
    }
    if (isOpen || isTooLong) this.#isChanged = false;
  }

  /** Treats an incomplete character or sequence as final, because the stream has ended. */
  end(): void {
    this.#parser.end();
  }

  /** @param offset cursor of the first byte */
  feed(bytes: Buffer, offset: number, sink: LineSink): void {
    this.#sink = sink;
    this.#parser.feed(bytes, offset);
    this.#sink = NO_SINK;
  }

  #print(text: string): void {
    this.#isChanged = true;
    this.#lastText = text;
    if (this.#isPlain) {
      this.#line.put(text);
      return;
    }
    const shown = this.#characterSets.translate(text);
    if (this.#isInserting) this.#line.putBefore(shown);
    else this.#line.put(shown);
  }

  #printLine(text: string): void {
    if (this.#rows === undefined && this.#isPlain && this.#line.isUnused) {
      this.#keepRecent(text);
      this.#beginLine();
      this.#sink.line(text, this.#parser.position);
    } else {
      this.#print(text);
      this.#lineFeed();
    }
  }

  #lineFeed(): void {
    const { text } = this.#line;
    const end = this.#parser.position;
    if (!this.#isPlain) this.#resetModes();
    if (this.#rows === undefined) {
      this.#keepRecent(text);
      this.#line.clear();
      this.#beginLine();
      this.#sink.line(text, end);
      return;
    }
    // A program may pass rows that it does not change, on its way down.
    if (this.#isChanged || this.#isRest || text.trim() === '') {
      this.#sink.line(this.#withoutDropped(text), end);
    } else this.#sink.left(end);
    this.#rows.current.text = text;
    this.#rows.lineFeed();
    this.#line.load(this.#rows.current.text, 0);
    this.#beginLine();
  }

  #beginLine(): void {
    this.#isChanged = false;
    this.#isRest = false;
    this.#dropped = '';
  }

  #withoutDropped(text: string): string {
    return text.startsWith(this.#dropped) ? text.slice(this.#dropped.length) : text;
  }

  #keepRecent(line: string): void {
    this.#recentLines.push(line);
    if (this.#recentLines.length > 8 * SCREEN_ROWS) this.#recentLines.splice(0, 7 * SCREEN_ROWS);
  }

  #control(byte: number): void {
    if (byte === CR) this.#line.return();
    else if (byte === BS) this.#line.move(-1);
    else if (byte === TAB) this.#print('\t');
    else if (byte === VT || byte === FF) this.#moveRows((rows) => rows.lineFeed(), 0);
    else if (byte === SO || byte === SI) {
      this.#characterSets.use(byte === SO ? 1 : 0);
      this.#isPlain = false;
    }
  }

  #escape(intermediates: string, final: string): void {
    if (intermediates === '(' || intermediates === ')') {
      this.#characterSets.designate(intermediates === '(' ? 0 : 1, final === '0');
      this.#isPlain = false;
    }
    if (intermediates !== '') return;
    if (final === 'D') this.#moveRows((rows) => rows.lineFeed());
    else if (final === 'E') this.#moveRows((rows) => rows.lineFeed(), 0);
    else if (final === 'M') this.#moveRows((rows) => rows.reverseLineFeed());
    else if (final === '7') this.#savePosition();
    else if (final === '8') this.#restorePosition();
    else if (final === 'c') this.#reset();
  }

  #sequence(given: string, final: string): void {
    // Colours are the most frequent sequence by far.
    if (final === 'm') return;
    if (given.startsWith('?') && (final === 'h' || final === 'l')) {
      for (const mode of given.slice(1).split(';')) this.#setPrivateMode(mode, final === 'h');
      return;
    }
    if (given === '!' && final === 'p') {
      this.#resetModes();
      this.#rows?.resetRegion();
      this.#rows?.forgetSaved();
      return;
    }
    // A "?" spares protected characters, which do not exist. Any other private sequence is a different one.
    const parameters = /^[KJ]$/.test(final) ? given.replace('?', '') : given;
    if (!/^[\d;:]*$/.test(parameters)) return;
    const [first = 0, second = 0] = parameters
      .split(';')
      .map((digits) => Math.min(Number.parseInt(digits) || 0, 9999));
    if (!this.#changeLine(final, first)) this.#changeRows(final, first, second);
  }

  /** Carries out a sequence that stays within the line. Returns false for any other. */
  #changeLine(final: string, first: number): boolean {
    const count = Math.max(1, first);
    switch (final) {
      case 'C':
      case 'a':
        this.#line.move(count);
        return true;
      case 'D':
        this.#line.move(-count);
        return true;
      case 'G':
      case '`':
        this.#line.moveTo(count - 1);
        return true;
      case 'I':
        for (let turn = Math.min(count, MAX_REPEATS); turn > 0; turn--) this.#print('\t');
        return true;
      case 'Z':
        this.#line.tabBack(count);
        return true;
      case 'K':
        this.#eraseInLine(first);
        return true;
      case 'X':
        this.#line.blank(count);
        break;
      case 'P':
        this.#line.delete(count);
        break;
      case '@':
        this.#line.insert(count);
        break;
      case 'b':
        this.#print((Array.from(this.#lastText).at(-1) ?? '').repeat(Math.min(count, MAX_REPEATS)));
        return true;
      default:
        return false;
    }
    this.#isChanged = true;
    return true;
  }

  /** Carries out a sequence that can affect other rows. */
  #changeRows(final: string, first: number, second: number): void {
    const count = Math.max(1, first);
    switch (final) {
      case 'A':
        this.#moveRows((rows) => rows.up(count));
        break;
      case 'B':
      case 'e':
        this.#moveRows((rows) => rows.down(count));
        break;
      case 'E':
        this.#moveRows((rows) => rows.down(count), 0);
        break;
      case 'F':
        this.#moveRows((rows) => rows.up(count), 0);
        break;
      case 'H':
      case 'f':
        this.#moveRows((rows) => rows.moveTo(count - 1), Math.max(1, second) - 1);
        break;
      case 'd':
        this.#moveRows((rows) => rows.moveTo(count - 1));
        break;
      case 'J':
        this.#eraseInScreen(first);
        break;
      case 'L':
        if (this.#screen().isInRegion) this.#moveRows((rows) => rows.insertRows(count), 0);
        break;
      case 'M':
        if (this.#screen().isInRegion) this.#moveRows((rows) => rows.deleteRows(count), 0);
        break;
      case 'S':
        this.#moveRows((rows) => rows.scrollUp(count));
        break;
      case 'T':
        this.#moveRows((rows) => rows.scrollDown(count));
        break;
      case 'r':
        this.#moveRows((rows) => rows.setRegion(count - 1, second === 0 ? undefined : second - 1), 0);
        break;
      case 's':
        this.#savePosition();
        break;
      case 'u':
        this.#restorePosition();
        break;
      case 'h':
      case 'l':
        if (first === 4) {
          this.#isInserting = final === 'h';
          this.#isPlain = false;
        }
    }
  }

  #setPrivateMode(mode: string, isOn: boolean): void {
    if (mode === '47' || mode === '1047' || mode === '1049') this.#switchScreen(isOn, mode === '1049');
    if (mode === '1048') {
      if (isOn) this.#savePosition();
      else this.#restorePosition();
    }
  }

  #switchScreen(isAlternate: boolean, keepsPosition: boolean): void {
    if (isAlternate) {
      if (keepsPosition) this.#savePosition();
      this.#moveRows((rows) => rows.enterAlternate());
    } else if (this.#rows?.isAlternate === true) {
      // Programs also leave the alternate screen when they have not entered it.
      this.#moveRows((rows) => rows.leaveAlternate());
      if (keepsPosition) this.#restorePosition();
    }
  }

  #eraseInLine(part: number): void {
    if (part === 0) this.#line.clearToEnd();
    else if (part === 1) this.#line.clearFromBegin();
    else if (part === 2) this.#line.clearAll();
    else return;
    this.#isChanged = true;
  }

  #eraseInScreen(part: number): void {
    if (part === 2) {
      this.#moveRows((rows) => rows.eraseAll());
      return;
    }
    if (part > 2) return;
    this.#eraseInLine(part);
    if (part === 0) this.#rows?.eraseBelow();
    else this.#screen().eraseAbove();
  }

  #savePosition(): void {
    this.#screen().save(this.#line.column);
  }

  #restorePosition(): void {
    let column = 0;
    this.#moveRows(
      (rows) => {
        column = rows.restore();
      },
      () => column,
    );
  }

  #reset(): void {
    this.#resetModes();
    this.#moveRows((rows) => {
      rows.leaveAlternate();
      rows.resetRegion();
      rows.forgetSaved();
      rows.eraseAll();
      rows.moveTo(0);
    }, 0);
  }

  #resetModes(): void {
    this.#characterSets.reset();
    this.#isInserting = false;
    this.#isPlain = true;
  }

  /**
   * Carries out a change after which the cursor may be on another row. If so, the line is complete.
   *
   * @param column where the cursor is then; by default, the column stays
   */
  #moveRows(change: (rows: ScreenRows) => void, column?: number | (() => number)): void {
    const rows = this.#screen();
    const before = rows.current;
    const { text } = this.#line;
    before.text = text;
    change(rows);
    const newColumn = typeof column === 'function' ? column() : (column ?? this.#line.column);
    if (rows.current === before) {
      this.#line.moveTo(newColumn);
      return;
    }
    const end = this.#parser.position;
    if (this.#isRest || (this.#isChanged && text.trim() !== '')) {
      this.#sink.line(this.#withoutDropped(text), end);
    } else this.#sink.left(end);
    this.#line.load(rows.current.text, newColumn);
    this.#beginLine();
  }

  /** The rows, which are made of the lines so far at the first use. */
  #screen(): ScreenRows {
    if (this.#rows !== undefined) return this.#rows;
    this.#rows = new ScreenRows(this.#options.isScreenEmpty ?? true);
    for (const text of [...this.#renderEarlierLines(), ...this.#recentLines]) {
      this.#rows.current.text = text;
      this.#rows.lineFeed();
    }
    this.#recentLines = [];
    return this.#rows;
  }

  #renderEarlierLines(): string[] {
    const { earlierLines, encoding } = this.#options;
    const lines: string[] = [];
    if (earlierLines === undefined || this.#recentLines.length >= SCREEN_ROWS) return lines;
    const earlier = new TerminalStream({ encoding });
    earlier.feed(earlierLines, 0, { line: (text) => lines.push(text), left: () => undefined });
    return lines;
  }
}

function parserOf(
  handler: OutputHandler,
  { isAtStart = true, encoding }: TerminalStreamOptions,
): StreamParser {
  if (isUtf16(encoding)) return new Utf16Parser(handler, isAtStart, encoding);
  if (encoding === undefined && isAtStart) return new OrderMarkParser(handler);
  return new OutputParser(handler, isAtStart, encoding);
}

const NO_SINK: LineSink = { line: () => undefined, left: () => undefined };

const [BS, TAB, VT, FF, CR, SO, SI] = [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f];
/** Repetitions that one sequence can ask for. */
const MAX_REPEATS = 500;
