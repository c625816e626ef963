import type { Stream } from '../log/store/log-segments.ts';
import type { Growth, GrowthPiece } from '../protocol/messages.ts';

/** Bytes of output in one notification. More than that is faster to read from the log. */
const MAX_BYTES = 16 * 1024;
/** Parts of output in one notification. */
const MAX_PIECES = 64;

/** Output that has just been stored. The bytes may be overwritten after the call that passes them. */
export interface StoredOutput {
  readonly id: string;
  readonly stream: Stream;
  readonly bytes: Uint8Array;
  /** How many of the bytes count. */
  readonly length: number;
  /** Cursors before the first and behind the last of them. They are closer if not all could be stored. */
  readonly start: number;
  readonly end: number;
}

/** Collects the output of a job for the next notification. */
export class GrowthNotice {
  readonly #id: string;
  readonly #withOutput: boolean;
  #pieces: GrowthPiece[] = [];
  #size = 0;
  #isLong = false;
  #end = 0;

  /** @param id of the job */
  constructor(id: string, withOutput: boolean) {
    this.#id = id;
    this.#withOutput = withOutput;
  }

  add({ stream, bytes, length, start, end }: StoredOutput): void {
    this.#end = end;
    if (!this.#withOutput) return;
    this.#size += length;
    this.#isLong ||= this.#size > MAX_BYTES || this.#pieces.length >= MAX_PIECES || end - start !== length;
    if (this.#isLong) {
      this.#pieces = [];
      return;
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
    const last = this.#pieces.at(-1);
    if (last?.stream === stream) this.#pieces[this.#pieces.length - 1] = { ...last, text: last.text + text };
    else this.#pieces.push({ stream, offset: start, text });
  }

  /** Returns the notification, and begins the next one. */
  take(): Growth {
    const pieces = this.#pieces;
    const isLong = this.#isLong;
    this.#pieces = [];
    this.#size = 0;
    this.#isLong = false;
    return { id: this.#id, end: this.#end, ...(!isLong && pieces.length > 0 && { pieces }) };
  }
}
