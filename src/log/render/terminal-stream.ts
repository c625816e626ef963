import { CharacterSets } from './character-sets.ts';
import { DrawnLines, type LineSink } from './drawn-lines.ts';
import type { LineCells } from './line-cells.ts';
import { OrderMarkParser } from './order-mark-parser.ts';
import { type OutputHandler, OutputParser, type StreamParser } from './output-parser.ts';
import { SCREEN_ROWS } from './screen-rows.ts';
import { isUtf16 } from './text-encoding.ts';
import { Utf16Parser } from './utf16-parser.ts';

export interface TerminalStreamOptions {
  /** Whether the stream begins here, so that a byte order mark may follow. */
  readonly isAtStart?: boolean;
  /** Whether an empty screen begins here. If not, the cursor is on its last row, below output that is not known. */
  readonly isScreenEmpty?: boolean;
  /** The lines before, which do not move to other rows. They are rendered once they are needed. */
  readonly earlierLines?: Buffer | undefined;
  /** A name that `encodingNamed()` returned. The default is UTF-8, or UTF-16 if the stream begins with its byte order mark. */
  readonly encoding?: string | undefined;
  /** Rows of the screen, if it is that of a terminal. */
  readonly rows?: number | undefined;
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
  readonly #parser: StreamParser;
  readonly #drawn: DrawnLines;
  readonly #line: LineCells;
  readonly #characterSets = new CharacterSets();
  #isInserting = false;
  #isPlain = true;
  #lastText = '';

  constructor(options: TerminalStreamOptions = {}) {
    this.#drawn = new DrawnLines({
      isScreenEmpty: options.isScreenEmpty ?? true,
      rows: options.rows ?? SCREEN_ROWS,
      earlierLines: () => renderLines(options),
      position: () => this.#parser.position,
    });
    this.#line = this.#drawn.line;
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

  /** It is at the beginning of a line, has not moved between rows, and shows the text that follows as it is. */
  get isAtNewLine(): boolean {
    return this.isComplete && this.#isPlain && this.#drawn.isAtNewLine;
  }

  /** The line in progress shows something new. */
  get isLineOpen(): boolean {
    return this.#drawn.isLineOpen;
  }

  /** The beginning of the line in progress was dropped, and then changed, so `text` contains it. */
  get isRedrawn(): boolean {
    return this.#drawn.isRedrawn;
  }

  /** The same, and the line shows nothing now. */
  get isErased(): boolean {
    return this.#drawn.isRedrawn && this.#drawn.line.isEmpty;
  }

  /** The line in progress, without an incomplete character; empty if it has not changed. */
  get text(): string {
    return this.#drawn.text;
  }

  /**
   * Drops what the line in progress shows. Its rest is a line. If the rest changes the beginning, as after a carriage
   * return, that line is the whole one. An incomplete character or sequence remains.
   *
   * @param maxRowBytes a row that is longer is dropped for good, even if it has not changed. 0: the line is the rest of
   *   one that is not known
   */
  dropLine(maxRowBytes = Infinity): void {
    this.#drawn.dropLine(maxRowBytes);
  }

  /** Treats an incomplete character or sequence as final, because the stream has ended. */
  end(): void {
    this.#parser.end();
  }

  /** @param offset cursor of the first byte */
  feed(bytes: Buffer, offset: number, sink: LineSink): void {
    this.#drawn.sendTo(sink);
    this.#parser.feed(bytes, offset);
    this.#drawn.sendTo();
  }

  #print(text: string): void {
    this.#drawn.markChanged();
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
    if (this.#isPlain && this.#drawn.isAtNewLine) {
      this.#drawn.addLine(text);
      this.#lastText = '';
    } else {
      this.#print(text);
      this.#lineFeed();
    }
  }

  #lineFeed(): void {
    if (!this.#isPlain) this.#resetModes();
    // Nothing is repeated on the next line. So the state at its beginning does not depend on those before.
    this.#lastText = '';
    this.#drawn.lineFeed();
  }

  #control(byte: number): void {
    if (byte === CR) this.#line.return();
    else if (byte === BS) this.#line.move(-1);
    else if (byte === TAB) this.#print('\t');
    else if (byte === VT || byte === FF) this.#drawn.moveRows((rows) => rows.lineFeed(), 0);
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
    if (final === 'D') this.#drawn.moveRows((rows) => rows.lineFeed());
    else if (final === 'E') this.#drawn.moveRows((rows) => rows.lineFeed(), 0);
    else if (final === 'M') this.#drawn.moveRows((rows) => rows.reverseLineFeed());
    else if (final === '7') this.#drawn.savePosition();
    else if (final === '8') this.#drawn.restorePosition();
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
      this.#drawn.resetRows();
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
        this.#drawn.eraseInLine(first);
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
    this.#drawn.markChanged();
    return true;
  }

  /** Carries out a sequence that can affect other rows. */
  #changeRows(final: string, first: number, second: number): void {
    const count = Math.max(1, first);
    switch (final) {
      case 'A':
        this.#drawn.moveRows((rows) => rows.up(count));
        break;
      case 'B':
      case 'e':
        this.#drawn.moveRows((rows) => rows.down(count));
        break;
      case 'E':
        this.#drawn.moveRows((rows) => rows.down(count), 0);
        break;
      case 'F':
        this.#drawn.moveRows((rows) => rows.up(count), 0);
        break;
      case 'H':
      case 'f':
        this.#drawn.moveRows((rows) => rows.moveTo(count - 1), Math.max(1, second) - 1);
        break;
      case 'd':
        this.#drawn.moveRows((rows) => rows.moveTo(count - 1));
        break;
      case 'J':
        this.#drawn.eraseInScreen(first);
        break;
      case 'L':
        if (this.#drawn.isInRegion) this.#drawn.moveRows((rows) => rows.insertRows(count), 0);
        break;
      case 'M':
        if (this.#drawn.isInRegion) this.#drawn.moveRows((rows) => rows.deleteRows(count), 0);
        break;
      case 'S':
        this.#drawn.moveRows((rows) => rows.scrollUp(count));
        break;
      case 'T':
        this.#drawn.moveRows((rows) => rows.scrollDown(count));
        break;
      case 'r':
        this.#drawn.moveRows((rows) => rows.setRegion(count - 1, second === 0 ? undefined : second - 1), 0);
        break;
      case 's':
        this.#drawn.savePosition();
        break;
      case 'u':
        this.#drawn.restorePosition();
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
    if (mode === '6') this.#drawn.moveRows((rows) => rows.setOrigin(isOn), 0);
    if (mode === '47' || mode === '1047' || mode === '1049') this.#switchScreen(isOn, mode === '1049');
    if (mode === '1048') {
      if (isOn) this.#drawn.savePosition();
      else this.#drawn.restorePosition();
    }
  }

  #switchScreen(isAlternate: boolean, keepsPosition: boolean): void {
    if (isAlternate) {
      if (keepsPosition) this.#drawn.savePosition();
      this.#drawn.moveRows((rows) => rows.enterAlternate());
    } else if (this.#drawn.isAlternate) {
      // Programs also leave the alternate screen when they have not entered it.
      this.#drawn.moveRows((rows) => rows.leaveAlternate());
      if (keepsPosition) this.#drawn.restorePosition();
    }
  }

  #reset(): void {
    this.#resetModes();
    this.#drawn.moveRows((rows) => {
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
}

function parserOf(
  handler: OutputHandler,
  { isAtStart = true, encoding }: TerminalStreamOptions,
): StreamParser {
  if (isUtf16(encoding)) return new Utf16Parser(handler, isAtStart, encoding);
  if (encoding === undefined && isAtStart) return new OrderMarkParser(handler);
  return new OutputParser(handler, isAtStart, encoding);
}

/** Returns the lines before the stream, rendered. */
function renderLines({ earlierLines, encoding }: TerminalStreamOptions): string[] {
  const lines: string[] = [];
  if (earlierLines === undefined) return lines;
  const earlier = new TerminalStream({ encoding });
  earlier.feed(earlierLines, 0, { line: (text) => lines.push(text), left: () => undefined });
  return lines;
}

const [BS, TAB, VT, FF, CR, SO, SI] = [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f];
/** Repetitions that one sequence can ask for. */
const MAX_REPEATS = 500;
