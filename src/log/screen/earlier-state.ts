import { ALTERNATE_SCREEN, TerminalModes } from './terminal-modes.ts';

/* eslint-disable no-control-regex -- escape sequences begin with control characters */
/**
 * Sequences that change how a terminal shows what follows: modes, keys, the scroll region, character sets, the saved cursor
 * and resets. CSI has two forms, of which the second one is U+009B in UTF-8.
 */
const SEQUENCE =
  /(?:\x1b\[|\xc2\x9b)([?>=<!]?)([\d;]*)([hlprsu])|\x1b(?:([()])([0-~])|%[@G]|([7c]))|[\x0e\x0f]/g;
/** Matches a sequence that is cut at the end of a piece. */
const UNFINISHED = /(?:\x1b(?:\[[?>=<!]?[\d;]*|[()%])?|\xc2(?:\x9b[?>=<!]?[\d;]*)?)$/;
/* eslint-enable no-control-regex */
/** The bytes with which they begin. Most output contains none, which is found out fast. */
const BEGINNINGS = ['\x1b', '\x0e', '\x0f', '\xc2\x9b'].map((text) => Buffer.from(text, 'latin1'));
/** More than any real sequence needs. */
const MAX_SEQUENCE_LENGTH = 64;
const SAVED_CURSOR: ReadonlySet<number> = new Set([1048, 1049]);

/** Where a program has saved the cursor. */
export interface EarlierSave {
  /** Cursor of the log in front of the sequence that did it. */
  readonly at: number;
  /** Sequences that set the scroll region and origin mode of that moment, in which the cursor was placed. */
  readonly region: string;
  readonly isLineDrawing: boolean;
}

/** What each of the two screens has on its own. */
interface ScreenState {
  /** The sequence that set the scroll region. Empty if that is the whole screen. */
  region: string;
  saved: EarlierSave | undefined;
}

/** State of a terminal that was set by output which is not drawn again, and still applies to what follows. */
export class EarlierState {
  #modes = new TerminalModes();
  #normal: ScreenState = { region: '', saved: undefined };
  /** Undefined while the normal screen is shown. */
  #alternate: ScreenState | undefined;
  /** Whether G0 and G1 draw lines, and which of them is in use. */
  #sets = { areLines: [false, false], used: 0 };
  #isInserting = false;
  #isOrigin = false;
  /** A sequence that is cut at the end of the last piece. */
  #rest = '';

  copy(): EarlierState {
    const copy = new EarlierState();
    copy.#modes = this.#modes.copy();
    copy.#normal = { ...this.#normal };
    copy.#alternate = this.#alternate && { ...this.#alternate };
    copy.#sets = structuredClone(this.#sets);
    copy.#isInserting = this.#isInserting;
    copy.#isOrigin = this.#isOrigin;
    copy.#rest = this.#rest;
    return copy;
  }

  /**
   * Reads a piece of output. Pieces may end anywhere.
   *
   * @param offset cursor of its first byte
   */
  scan(bytes: Buffer, offset: number): void {
    if (this.#rest === '' && !BEGINNINGS.some((each) => bytes.includes(each))) return;
    const start = offset - this.#rest.length;
    const text = this.#rest + bytes.toString('latin1');
    for (const match of text.matchAll(SEQUENCE)) this.#apply(match, start + match.index);
    this.#rest = UNFINISHED.exec(text.slice(-MAX_SEQUENCE_LENGTH))?.[0] ?? '';
  }

  /** The normal screen, while a program shows the alternate one. */
  get hiddenScreen(): Readonly<ScreenState> | undefined {
    return this.#alternate && this.#normal;
  }

  /** The screen that is shown. */
  get screen(): Readonly<ScreenState> {
    return this.#shown;
  }

  /** Rows count from the top of the scroll region. */
  get isOrigin(): boolean {
    return this.#isOrigin;
  }

  /** Sequences that give a new terminal these modes. One of them may show the alternate screen. */
  get modes(): string {
    return this.#modes.all;
  }

  /** Sequences that choose how a new terminal shows the characters that follow. */
  get characters(): string {
    const [g0, g1] = this.#sets.areLines;
    return [
      ...(g0 === true ? ['\x1b(0'] : []),
      ...(g1 === true ? ['\x1b)0'] : []),
      ...(this.#sets.used === 1 ? ['\x0e'] : []),
      ...(this.#isInserting ? ['\x1b[4h'] : []),
    ].join('');
  }

  get #shown(): ScreenState {
    return this.#alternate ?? this.#normal;
  }

  #apply(match: RegExpExecArray, at: number): void {
    const [whole, prefix, parameters = '', final, set, charset, escape] = match;
    if (whole === '\x0e' || whole === '\x0f') this.#sets.used = whole === '\x0e' ? 1 : 0;
    else if (set !== undefined) this.#sets.areLines[set === '(' ? 0 : 1] = charset === '0';
    else if (escape === '7') this.#save(at);
    else if (escape === 'c') this.#reset();
    else if (whole.startsWith('\x1b%')) {
      this.#sets.used = 0;
      this.#sets.areLines[0] = false;
    } else if (final !== undefined) this.#control(prefix ?? '', parameters, final, at);
  }

  #control(prefix: string, parameters: string, final: string, at: number): void {
    const numbers = parameters.split(';').map(Number);
    const isOn = final === 'h';
    if (prefix === '?' && (isOn || final === 'l')) {
      this.#modes.set(numbers, isOn);
      for (const mode of numbers) this.#setMode(mode, isOn, at);
    } else if (prefix === '!' && final === 'p') this.#softReset();
    else if ('<=>'.includes(prefix) && prefix !== '' && final === 'u') this.#modes.keys(prefix, numbers);
    else if (prefix !== '') return;
    else if (final === 's') this.#save(at);
    else if (final === 'r')
      this.#shown.region = numbers.some((each) => each > 0) ? `\x1b[${parameters}r` : '';
    else if ((isOn || final === 'l') && numbers.includes(4)) this.#isInserting = isOn;
  }

  #setMode(mode: number, isOn: boolean, at: number): void {
    if (mode === 6) this.#isOrigin = isOn;
    if (isOn && SAVED_CURSOR.has(mode)) this.#save(at);
    if (!ALTERNATE_SCREEN.has(mode)) return;
    if (!isOn) this.#alternate = undefined;
    else this.#alternate ??= { region: '', saved: undefined };
  }

  #save(at: number): void {
    const screen = this.#shown;
    const isLineDrawing = this.#sets.areLines[this.#sets.used] === true;
    screen.saved = { at, region: screen.region + (this.#isOrigin ? '\x1b[?6h' : ''), isLineDrawing };
  }

  /** Does what the emulator does on DECSTR. */
  #softReset(): void {
    this.#modes.set([1, 6, 45, 66, 1004, 2004], false);
    this.#modes.set([7, 25], true);
    this.#resetCharacters();
    Object.assign(this.#shown, { region: '', saved: undefined });
  }

  /** Forgets everything, as a terminal does on RIS. */
  #reset(): void {
    this.#modes.reset();
    this.#resetCharacters();
    this.#alternate = undefined;
    this.#normal = { region: '', saved: undefined };
  }

  #resetCharacters(): void {
    this.#sets = { areLines: [false, false], used: 0 };
    this.#isInserting = false;
    this.#isOrigin = false;
  }
}
