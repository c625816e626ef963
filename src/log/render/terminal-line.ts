import { ShownLine } from './line-cells.ts';

/**
 * Turns the bytes of one stream into lines of text as a person would see them on a terminal: escape sequences
 * are removed (their forms: ECMA-48), and carriage return, backspace, cursor movement and clearing act within
 * the line. Movement to other lines is dropped. Invalid UTF-8 becomes U+FFFD, one per maximal subpart
 * (Unicode Standard, section 3.9). Bytes may be fed in pieces of any size.
 */
export class TerminalLine {
  #state: State = 'ground';
  readonly #line = new ShownLine();
  #parameters = '';
  #incomplete: Buffer | undefined;
  #openAt = 0;

  /** No character and no escape sequence is half read. */
  get complete(): boolean {
    return this.#state === 'ground' && this.#incomplete === undefined;
  }

  /** Cursor of the first byte of what is half read; before the bytes fed last when it began before them. */
  get openAt(): number | undefined {
    return this.complete ? undefined : this.#openAt;
  }

  /** Nothing is shown, and nothing is half read. */
  get blank(): boolean {
    return this.complete && this.#line.isEmpty;
  }

  /** The line in progress, without a character that is half read. */
  get text(): string {
    return this.#line.text;
  }

  /** Begins an empty line. What is half read stays so. */
  clear(): void {
    this.#line.clear();
  }

  /** Takes what cannot be completed any more (the stream has ended) as it is. */
  end(): void {
    this.#flushIncomplete();
    this.#state = 'ground';
  }

  /**
   * @param offset cursor of the first byte
   * @param onLine called for each line end with the finished line and the cursor behind it
   */
  feed(bytes: Buffer, offset: number, onLine: (text: string, end: number) => void): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#state === 'ground') {
        const runEnd = endOfRun(bytes, at);
        if (runEnd > at) {
          this.#line.put(this.#decode(bytes.subarray(at, runEnd)));
          at = runEnd;
          this.#openAt = offset + at - (this.#incomplete?.length ?? 0);
          continue;
        }
      }
      const byte = bytes[at++] as number;
      if (byte === LF) {
        // Ends an unfinished sequence too: one that is never closed must not swallow the log.
        this.#flushIncomplete();
        this.#state = 'ground';
        onLine(this.text, offset + at);
        this.clear();
      } else if (byte >= 0x80 && (this.#state === 'escape' || this.#state === 'csi')) {
        // No sequence goes on so: it was cut short, and a character begins.
        this.#state = 'ground';
        at--;
      } else {
        if (byte === ESC && this.#state === 'ground') this.#openAt = offset + at - 1;
        this.#step(byte);
      }
    }
  }

  #step(byte: number): void {
    if (byte === CAN || byte === SUB) {
      this.#flushIncomplete();
      this.#state = 'ground';
      return;
    }
    switch (this.#state) {
      case 'ground':
        this.#flushIncomplete();
        this.#control(byte);
        break;
      case 'escape':
        if (byte === 0x5b) this.#enter('csi');
        else if (byte === 0x5d || byte === 0x50 || byte === 0x58 || byte === 0x5e || byte === 0x5f) {
          this.#enter('string');
        } else if (byte !== ESC && (byte < 0x20 || byte > 0x2f)) this.#enter('ground');
        break;
      case 'csi':
        if (byte >= 0x40) {
          this.#enter('ground', this.#parameters);
          this.#sequence(byte);
        } else if (byte === ESC) this.#enter('escape');
        else if (this.#parameters.length < 64) this.#parameters += String.fromCharCode(byte);
        break;
      case 'string':
        if (byte === BEL) this.#enter('ground');
        else if (byte === ESC) this.#enter('string-escape');
        break;
      case 'string-escape':
        // ST is ESC \; any other ESC begins a new sequence.
        if (byte === 0x5c) this.#enter('ground');
        else {
          this.#enter('escape');
          this.#step(byte);
        }
        break;
    }
  }

  #enter(state: State, parameters = ''): void {
    this.#state = state;
    this.#parameters = parameters;
  }

  #control(byte: number): void {
    if (byte === ESC) this.#enter('escape');
    else if (byte === CR) this.#line.return();
    else if (byte === BS) this.#line.move(-1);
    else if (byte === TAB) this.#line.put('\t');
  }

  /** CSI sequences that act within the line; all others leave nothing. */
  #sequence(final: number): void {
    const name = String.fromCharCode(final);
    // A "?" makes it spare what is protected, which nothing is. Any other private sequence is a different one.
    const given = /^[KJ]/.test(name) ? this.#parameters.replace('?', '') : this.#parameters;
    if (!/^[\d;:]*$/.test(given)) return;
    const first = Number(/^\d{1,4}/.exec(given)?.[0] ?? 0);
    const count = Math.max(1, first);
    switch (name) {
      case 'C':
      case 'a':
        this.#line.move(count);
        break;
      case 'D':
        this.#line.move(-count);
        break;
      case 'G':
      case '`':
        this.#line.moveTo(count - 1);
        break;
      case 'K':
      case 'J':
        if (first === 0) this.#line.clearToEnd();
        else if (first === 1) this.#line.clearFromBegin();
        else if (first === 2) this.#line.clearAll();
        break;
      case 'X':
        this.#line.blank(count);
        break;
      case 'P':
        this.#line.delete(count);
        break;
      case '@':
        this.#line.insert(count);
    }
  }

  #decode(run: Buffer): string {
    const bytes = this.#incomplete === undefined ? run : Buffer.concat([this.#incomplete, run]);
    const whole = bytes.length - incompleteTail(bytes);
    this.#incomplete = whole < bytes.length ? Buffer.from(bytes.subarray(whole)) : undefined;
    return bytes.toString('utf8', 0, whole).replace(C1_CONTROLS, '');
  }

  #flushIncomplete(): void {
    if (this.#incomplete === undefined) return;
    this.#line.put(this.#incomplete.toString('utf8'));
    this.#incomplete = undefined;
  }
}

type State = 'ground' | 'escape' | 'csi' | 'string' | 'string-escape';

const [BEL, BS, TAB, LF, CR, CAN, SUB, ESC, DEL] = [0x07, 0x08, 0x09, 0x0a, 0x0d, 0x18, 0x1a, 0x1b, 0x7f];
const C1_CONTROLS = /[\u0080-\u009f]/g;

function endOfRun(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] as number) >= 0x20 && bytes[at] !== DEL) at++;
  return at;
}

/** Number of bytes at the end that begin a UTF-8 character without completing it (0 to 3). */
export function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return byte < 0xf8 && length > back ? back : 0;
    }
  }
  return 0;
}
