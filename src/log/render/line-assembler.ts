import { STREAMS, type Stream } from '../store/log-segments.ts';
import type { Piece } from '../store/log-piece.ts';
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
 * Takes a finished line. `clean`: no other stream is in the middle of a line, so nothing is cut at its end.
 */
export type OnLine = (line: Line, clean: boolean) => void;

/**
 * Forms lines for each stream on its own: what one stream writes in the middle of another's line does not cut
 * it. Lines come in the order in which they are finished.
 */
export class LineAssembler {
  readonly #lines = new Map(STREAMS.map((stream) => [stream, new TerminalLine()]));
  readonly #starts = new Map<Stream, number>();
  #end = 0;
  #safe: number | undefined;
  #settled: number | undefined;

  /** No stream is in the middle of a line. One that shows nothing yet (a colour was reset) does not count. */
  get clean(): boolean {
    return this.#starts.size === 0;
  }

  /** Cursor of the first byte of the oldest line in progress. */
  get openSince(): number | undefined {
    return this.clean ? undefined : Math.min(...this.#starts.values());
  }

  /**
   * The last point behind the first byte of the piece fed last where no stream is in the middle of a character
   * or an escape sequence; undefined when it holds none.
   */
  get safe(): number | undefined {
    return this.#safe;
  }

  /**
   * The same, but for the stream of that piece alone. Reading can go on there: what is half read of the other one
   * is looked up (`assemblersAt`).
   */
  get settled(): number | undefined {
    return this.#settled;
  }

  /** Before anything is fed: a stream has written these bytes of its line in progress, which are not shown. */
  resume(stream: Stream, before: Buffer, cursor: number): void {
    const line = this.#lines.get(stream) as TerminalLine;
    line.feed(before, cursor - before.length, () => undefined);
    line.clear();
    if (!line.complete) this.#starts.set(stream, cursor);
  }

  feed({ stream, offset, bytes }: Omit<Piece, 'timeMs'>, onLine: OnLine = () => undefined): void {
    const line = this.#lines.get(stream) as TerminalLine;
    const clean = [...this.#starts.keys()].every((other) => other === stream);
    let start = this.#starts.get(stream) ?? offset;
    line.feed(bytes, offset, (text, end) => {
      onLine({ stream, text, start, end }, clean);
      start = end;
    });
    this.#end = offset + bytes.length;
    if (line.blank) this.#starts.delete(stream);
    else this.#starts.set(stream, start);
    const settled = line.openAt ?? this.#end;
    const isSafe = STREAMS.every((other) => other === stream || this.#lines.get(other)?.complete);
    this.#settled = settled > offset ? settled : undefined;
    this.#safe = isSafe ? this.#settled : undefined;
  }

  /** Nothing follows: what is half read is taken as it is. */
  finish(): void {
    for (const line of this.#lines.values()) line.end();
  }

  /** Ends the line in progress of a stream where it stands. */
  cut(stream: Stream): void {
    this.#lines.get(stream)?.clear();
    this.#starts.delete(stream);
  }

  /** The lines in progress that show something, in the order in which they began. */
  unfinished(only?: Stream): Line[] {
    return [...this.#starts]
      .filter(([stream]) => only === undefined || stream === only)
      .map(([stream, start]) => ({
        stream,
        text: this.#lines.get(stream)?.text ?? '',
        start,
        end: this.#end,
      }))
      .filter(({ text }) => text !== '')
      .sort((a, b) => a.start - b.start);
  }
}
