import { TextDecoder } from 'node:util';
import type { LogReader } from '../../log/read/log-reader.ts';
import { splitOpenSequence } from '../../log/render/open-sequence.ts';

/** How much output is read at a time. */
const PORTION_BYTES = 64 * 1024;
/** Longest sequence that is held back until it is complete. Pictures are sequences, too. */
const MAX_OPEN_LENGTH = 1024 * 1024;

type OutputLog = Pick<LogReader, 'pieces' | 'terminalEncoding'>;

/** Reads the output of a job on a terminal in portions that end behind whole characters and sequences. */
export class RawOutput {
  readonly #log: () => OutputLog;
  #cursor = 0;
  #decoder: TextDecoder | undefined;
  #open = '';

  /** @param log returns what reads the log now */
  constructor(log: () => OutputLog) {
    this.#log = log;
  }

  /** Where the next portion begins. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Continues at another cursor, behind a whole character and sequence. */
  moveTo(cursor: number): void {
    this.#cursor = cursor;
    this.#decoder = undefined;
    this.#open = '';
  }

  /** Reads the next portion. @param end cursor at which it ends at the latest, behind that of this object */
  read(end: number): string {
    const log = this.#log();
    // The output itself may tell its encoding, so it is known only now.
    this.#decoder ??= new TextDecoder(log.terminalEncoding());
    const from = this.#cursor;
    const to = Math.min(end, from + PORTION_BYTES);
    let text = this.#open;
    for (const { offset, bytes } of log.pieces(from, to)) {
      text += this.#decoder.decode(bytes, { stream: true });
      this.#cursor = offset + bytes.length;
    }
    // A file was deleted or cut, and a reader that stays there would try again without end.
    if (this.#cursor === from) this.#cursor = Math.max(from, to);
    const [complete, open] = splitOpenSequence(text, MAX_OPEN_LENGTH);
    this.#open = open;
    return complete;
  }

  /** Returns what is not complete at the end of the log. */
  rest(): string {
    return this.#open + (this.#decoder?.decode() ?? '');
  }
}
