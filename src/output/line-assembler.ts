import { STREAMS, type Stream } from './layout.ts';
import type { Piece } from './log-reader.ts';
import { TerminalLine } from './terminal-line.ts';

/** A line of one stream as a person would see it. */
export interface Line {
  readonly stream: Stream;
  readonly text: string;
  /** Cursor of its first byte. */
  readonly start: number;
  /** Cursor behind its last byte, the line end included. */
  readonly end: number;
}

/**
 * Forms lines for each stream on its own: what one stream writes in the middle of another's line does not cut
 * it. Lines come in the order in which they are finished.
 */
export class LineAssembler {
  readonly #lines = new Map(STREAMS.map((stream) => [stream, new TerminalLine()]));
  readonly #starts = new Map<Stream, number>();
  #end = 0;

  /** No stream is in the middle of a line. */
  get clean(): boolean {
    return this.#starts.size === 0;
  }

  /** No stream is in the middle of a character or an escape sequence. */
  get complete(): boolean {
    return [...this.#lines.values()].every((line) => line.complete);
  }

  feed({ stream, offset, bytes }: Omit<Piece, 'timeMs'>, onLine: (line: Line) => void): void {
    let start = this.#starts.get(stream) ?? offset;
    this.#lines.get(stream)?.feed(bytes, offset, (text, end) => {
      onLine({ stream, text, start, end });
      start = end;
    });
    this.#end = offset + bytes.length;
    if (start < this.#end) this.#starts.set(stream, start);
    else this.#starts.delete(stream);
  }

  /** Nothing follows: what is half read is taken as it is. */
  finish(): void {
    for (const line of this.#lines.values()) line.end();
  }

  /** Ends the line in progress of a stream where it stands. */
  cut(stream: Stream): void {
    this.#lines.set(stream, new TerminalLine());
    this.#starts.delete(stream);
  }

  /** The lines in progress, in the order in which they began. */
  unfinished(): Line[] {
    return [...this.#starts]
      .map(([stream, start]) => ({
        stream,
        text: this.#lines.get(stream)?.text ?? '',
        start,
        end: this.#end,
      }))
      .sort((a, b) => a.start - b.start);
  }
}
