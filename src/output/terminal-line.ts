/**
 * Turns the bytes of one stream into lines of text as a person would see them on a terminal: escape sequences
 * are removed (their forms: ECMA-48), and carriage return, backspace, cursor movement and clearing act within
 * the line. Movement to other lines is dropped. Invalid UTF-8 becomes U+FFFD, one per maximal subpart
 * (Unicode Standard, section 3.9). Bytes may be fed in pieces of any size.
 */
export class TerminalLine {
  #state: State = 'ground';
  /** The line so far while it was only appended to; `#cells` replaces it once something is written over. */
  #text = '';
  #cells: string[] | undefined;
  #column = 0;
  /** A carriage return came and nothing was written since. Most often a line end or a whole new line follows. */
  #returned = false;
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
    return this.complete && (this.#cells ?? this.#text).length === 0;
  }

  /** The line in progress, without a character that is half read. */
  get text(): string {
    return this.#cells?.join('') ?? this.#text;
  }

  /** Begins an empty line. What is half read stays so. */
  clear(): void {
    this.#text = '';
    this.#cells = undefined;
    this.#column = 0;
    this.#returned = false;
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
          this.#put(this.#decode(bytes.subarray(at, runEnd)));
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
    else if (byte === CR) this.#returned = true;
    else if (byte === BS) this.#moveTo(this.#position() - 1);
    else if (byte === TAB) this.#put('\t');
  }

  /** CSI sequences that act within the line; all others leave nothing. */
  #sequence(final: number): void {
    const first = /^\d{1,4}/.exec(this.#parameters)?.[0];
    const count = Math.max(1, Number(first ?? 1));
    switch (String.fromCharCode(final)) {
      case 'C': {
        this.#moveTo(this.#position() + count);
        return;
      }
      case 'D': {
        this.#moveTo(this.#position() - count);
        return;
      }
      case 'G': {
        this.#moveTo(count - 1);
        return;
      }
      case 'K':
      case 'J': {
        this.#erase(Number(first ?? 0));
        return;
      }
      case 'P':
        this.#edit().splice(this.#column, count);
    }
  }

  #erase(what: number): void {
    if (this.#returned && what !== 1) {
      this.clear();
      return;
    }
    const cells = this.#edit();
    if (what === 0) cells.length = Math.min(cells.length, this.#column);
    else if (what === 1) cells.fill(' ', 0, this.#column + 1);
    else cells.length = 0;
  }

  #put(text: string): void {
    if (this.#returned && text.length >= this.#width() && !ASTRAL.test(text)) this.clear();
    if (this.#returned) this.#edit();
    if (this.#cells === undefined) {
      this.#text += text;
      return;
    }
    while (this.#cells.length < this.#column) this.#cells.push(' ');
    for (const character of text) this.#cells[this.#column++] = character;
  }

  #position(): number {
    this.#edit();
    return this.#column;
  }

  #moveTo(column: number): void {
    const width = Math.max(this.#edit().length, MAX_BLANK_WIDTH);
    this.#column = Math.min(Math.max(0, column), width);
  }

  #edit(): string[] {
    if (this.#cells === undefined) {
      this.#cells = Array.from(this.#text);
      this.#column = this.#cells.length;
    }
    if (this.#returned) this.#column = 0;
    this.#returned = false;
    return this.#cells;
  }

  /** Columns at most. */
  #width(): number {
    return this.#cells?.length ?? this.#text.length;
  }

  #decode(run: Buffer): string {
    const bytes = this.#incomplete === undefined ? run : Buffer.concat([this.#incomplete, run]);
    const whole = bytes.length - incompleteTail(bytes);
    this.#incomplete = whole < bytes.length ? Buffer.from(bytes.subarray(whole)) : undefined;
    return bytes.toString('utf8', 0, whole).replace(C1_CONTROLS, '');
  }

  #flushIncomplete(): void {
    if (this.#incomplete === undefined) return;
    this.#put(this.#incomplete.toString('utf8'));
    this.#incomplete = undefined;
  }
}

type State = 'ground' | 'escape' | 'csi' | 'string' | 'string-escape';

const [BEL, BS, TAB, LF, CR, CAN, SUB, ESC, DEL] = [0x07, 0x08, 0x09, 0x0a, 0x0d, 0x18, 0x1a, 0x1b, 0x7f];
const ASTRAL = /[\ud800-\udfff]/;
const C1_CONTROLS = /[\u0080-\u009f]/g;
/** Columns that a cursor movement may open up past the text; programs say "999 to the right" for "the end". */
const MAX_BLANK_WIDTH = 500;

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
