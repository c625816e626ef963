import { type CharacterDecoder, decoderFor } from './character-decoder.ts';
import { C1_LEAD, isUtf8 } from './text-encoding.ts';

/** Receives what a parser finds in a stream, in order. */
export interface OutputHandler {
  /** Printable text. */
  print(text: string): void;
  /** Printable text, and a line feed. Most output consists of such lines. */
  printLine(text: string): void;
  lineFeed(): void;
  /** A control character other than a line feed and those that belong to sequences. */
  control(byte: number): void;
  /** An escape sequence of two or more characters, without the ESC, or a C1 control, which stands for one of two. */
  escape(intermediates: string, final: string): void;
  /** A control sequence (CSI), such as `1;31` and `m`. */
  sequence(parameters: string, final: string): void;
}

/** Feeds a handler with what the bytes of a stream mean. They may come in pieces of any size. */
export interface StreamParser {
  /** No character and no escape sequence is incomplete. */
  readonly isComplete: boolean;
  /** Cursor of the first byte of an incomplete character or sequence; it may be before the bytes fed last. */
  readonly openAt: number | undefined;
  /** Cursor behind the last control character or sequence. */
  readonly position: number;
  /** @param offset cursor of the first byte */
  feed(bytes: Buffer, offset: number): void;
  end(): void;
}

/**
 * Splits the bytes of one stream into text, control characters and escape sequences (forms: ECMA-48). Invalid UTF-8
 * becomes U+FFFD, one per maximal subpart (Unicode Standard, section 3.9).
 */
export class OutputParser implements StreamParser {
  readonly #handler: OutputHandler;
  readonly #decoder: CharacterDecoder;
  /** In other encodings, C1 controls are what unassigned bytes are decoded to, or text in UTF-8. They are not shown. */
  readonly #hasC1: boolean;
  #state: State = 'ground';
  /** Parameters of a control sequence or device control string, or intermediates of an escape sequence. */
  #parameters = '';
  #incomplete: Buffer | undefined;
  /** The byte before, within a sequence. */
  #previous = 0;
  #openAt = 0;
  #position = 0;
  #isAtStart: boolean;

  /**
   * @param isAtStart whether the stream begins here, so that a byte order mark may follow
   * @param encoding a name that `encodingNamed()` returned, other than UTF-16
   */
  constructor(handler: OutputHandler, isAtStart: boolean, encoding?: string) {
    this.#handler = handler;
    this.#isAtStart = isAtStart;
    this.#decoder = decoderFor(encoding);
    this.#hasC1 = isUtf8(encoding);
  }

  get isComplete(): boolean {
    return this.#state === 'ground' && this.#incomplete === undefined;
  }

  get openAt(): number | undefined {
    return this.isComplete ? undefined : this.#openAt;
  }

  get position(): number {
    return this.#position;
  }

  /** Treats an incomplete character or sequence as final, because the stream has ended. */
  end(): void {
    this.#flushIncomplete();
    this.#state = 'ground';
  }

  feed(bytes: Buffer, offset: number): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#state === 'ground') {
        if (at === 0 && this.#hasC1 && this.#incomplete?.[0] === C1_LEAD && isC1(bytes[0])) {
          // The last piece ended within this C1 control.
          this.#incomplete = undefined;
          this.#position = offset + ++at;
          this.#control(bytes[0] as number);
          continue;
        }
        const runEnd = this.#endOfRun(bytes, at);
        if (runEnd > at) {
          if (bytes[runEnd] === LF && this.#incomplete === undefined) {
            const text = this.#textOf(bytes, at, runEnd);
            this.#position = offset + runEnd + 1;
            this.#handler.printLine(text);
            at = runEnd + 1;
            continue;
          }
          this.#print(bytes.subarray(at, runEnd));
          this.#openAt = offset + runEnd - (this.#incomplete?.length ?? 0);
          at = runEnd;
          continue;
        }
        if (bytes[at] === C1_LEAD) {
          this.#flushIncomplete();
          this.#openAt = offset + at;
          at += C1_BYTES;
          this.#position = offset + at;
          this.#control(bytes[at - 1] as number);
          continue;
        }
      }
      const byte = bytes[at] as number;
      if (!this.#continues(byte)) {
        // The sequence was cut short. Text follows.
        this.#state = 'ground';
        continue;
      }
      at++;
      this.#position = offset + at;
      if (byte === LF && this.#state !== 'sixel') {
        // Ends an incomplete sequence, too. A sequence that is never closed must not swallow the log.
        this.#flushIncomplete();
        this.#state = 'ground';
        this.#isAtStart = false;
        this.#handler.lineFeed();
      } else {
        if (byte === ESC && this.#state === 'ground') this.#openAt = offset + at - 1;
        this.#step(byte);
      }
    }
  }

  /** Returns false for a byte that cannot belong to the current sequence and begins text. */
  #continues(byte: number): boolean {
    switch (this.#state) {
      case 'escape':
      case 'csi':
        return byte < 0x80;
      case 'sixel':
        return byte < 0x20 || SIXEL_DATA.has(byte);
      default:
        return true;
    }
  }

  /** Carries out a C1 control. It stands for ESC and another character. */
  #control(code: number): void {
    this.#isAtStart = false;
    this.#previous = code;
    this.#enter('escape');
    this.#stepEscape(code - 0x40);
  }

  #step(byte: number): void {
    const previous = this.#previous;
    this.#previous = byte;
    if (byte === CAN || byte === SUB) {
      this.#flushIncomplete();
      this.#state = 'ground';
      return;
    }
    switch (this.#state) {
      case 'ground':
        this.#flushIncomplete();
        this.#isAtStart = false;
        if (byte === ESC) this.#enter('escape');
        else this.#handler.control(byte);
        break;
      case 'escape':
        this.#stepEscape(byte);
        break;
      case 'csi':
        if (byte >= 0x40) {
          const parameters = this.#parameters;
          this.#enter('ground');
          this.#handler.sequence(parameters, String.fromCharCode(byte));
        } else if (byte === ESC) this.#enter('escape');
        else this.#collect(byte);
        break;
      case 'device-control':
        // A device control string with the final byte q and numeric parameters is an image in sixels.
        if (byte === BEL) this.#enter('ground');
        else if (byte === ESC) this.#enter('string-escape');
        else if (byte === 0x71) this.#enter('sixel');
        else if ((byte >= 0x30 && byte <= 0x39) || byte === 0x3b) break;
        else this.#enter('string');
        break;
      case 'sixel':
      case 'string':
        if (byte === BEL) this.#enter('ground');
        else if (byte === ESC) this.#enter('string-escape');
        else if (this.#hasC1 && previous === C1_LEAD && isC1(byte)) this.#control(byte);
        break;
      case 'string-escape':
        // The terminator is ESC \. Any other ESC begins a new sequence.
        if (byte === 0x5c) this.#enter('ground');
        else {
          this.#enter('escape');
          this.#step(byte);
        }
        break;
    }
  }

  #stepEscape(byte: number): void {
    if (byte === ESC) this.#enter('escape');
    else if (byte >= 0x20 && byte <= 0x2f) this.#collect(byte);
    else if (this.#parameters === '' && byte === 0x5b) this.#enter('csi');
    else if (this.#parameters === '' && byte === 0x50) this.#enter('device-control');
    else if (this.#parameters === '' && STRING_STARTS.has(byte)) this.#enter('string');
    else {
      const intermediates = this.#parameters;
      this.#enter('ground');
      if (byte > 0x20) this.#handler.escape(intermediates, String.fromCharCode(byte));
    }
  }

  #collect(byte: number): void {
    if (this.#parameters.length < MAX_PARAMETERS) this.#parameters += String.fromCharCode(byte);
  }

  #enter(state: State): void {
    this.#state = state;
    this.#parameters = '';
  }

  /**
   * Returns where a run of text ends: at a control character or a C1 control. A C1 control is looked for before the text is
   * decoded. Otherwise, text behind it would be decoded again for each one.
   */
  #endOfRun(bytes: Buffer, from: number): number {
    let at = endOfText(bytes, from);
    while (bytes[at] === C1_LEAD && !(this.#hasC1 && isC1(bytes[at + 1]))) at = endOfText(bytes, at + 1);
    return at;
  }

  /** Prints a run of text. An incomplete character at its end remains. */
  #print(run: Buffer): void {
    const bytes = this.#incomplete === undefined ? run : Buffer.concat([this.#incomplete, run]);
    const whole = bytes.length - this.#decoder.incompleteTail(bytes);
    this.#incomplete = whole < bytes.length ? Buffer.from(bytes.subarray(whole)) : undefined;
    if (whole > 0) this.#handler.print(this.#textOf(bytes, 0, whole));
  }

  #flushIncomplete(): void {
    if (this.#incomplete === undefined) return;
    const bytes = this.#incomplete;
    this.#incomplete = undefined;
    this.#handler.print(this.#textOf(bytes, 0, bytes.length));
  }

  #textOf(bytes: Buffer, from: number, to: number): string {
    let text = this.#decoder.decode(bytes, from, to);
    if (!this.#hasC1 && C1_CONTROL.test(text)) text = text.replace(C1_CONTROLS, '');
    if (!this.#isAtStart) return text;
    this.#isAtStart = false;
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  }
}

type State = 'ground' | 'escape' | 'csi' | 'device-control' | 'sixel' | 'string' | 'string-escape';

const [BEL, LF, CAN, SUB, ESC, DEL] = [0x07, 0x0a, 0x18, 0x1a, 0x1b, 0x7f];
/** The characters after ESC that begin a string: OSC, SOS, PM and APC. */
const STRING_STARTS: ReadonlySet<number> = new Set([0x5d, 0x58, 0x5e, 0x5f]);
/**
 * The bytes of an image in sixels besides control characters. Blanks are not among them, so that an image that is
 * never closed swallows no more than a word of the text that follows.
 */
const SIXEL_DATA: ReadonlySet<number> = new Set(
  Array.from({ length: 0x7f }, (_, code) => code).filter((code) =>
    /[!-$\-0-9;?-~]/.test(String.fromCharCode(code)),
  ),
);
const MAX_PARAMETERS = 64;
const C1_CONTROL = /[\u0080-\u009f]/;
const C1_CONTROLS = /[\u0080-\u009f]/g;
const C1_BYTES = 2;
/** 1 for control characters and for the byte with which C1 controls begin. A table is faster than comparisons. */
const ENDS_TEXT = Uint8Array.from({ length: 0x100 }, (_, byte) =>
  byte < 0x20 || byte === DEL || byte === C1_LEAD ? 1 : 0,
);
const BYTE_ORDER_MARK = '\ufeff';

/** Returns where the next control character is, or the next byte with which a C1 control may begin. */
function endOfText(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && ENDS_TEXT[bytes[at] as number] === 0) at++;
  return at;
}

function isC1(code: number | undefined): boolean {
  return code !== undefined && code >= 0x80 && code <= 0x9f;
}
