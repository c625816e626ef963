import type { Piece } from '../store/log-piece.ts';
import { type Stream, STREAMS } from '../store/log-segments.ts';
import { TerminalStream } from './terminal-stream.ts';

/** A line of one stream as a person would see it. */
export interface Line {
  readonly stream: Stream;
  readonly text: string;
  /** Cursor of its first byte. */
  readonly start: number;
  /** Cursor behind its last byte; what ended the line, such as a line feed, is included. */
  readonly end: number;
  /** It began before the assembler, and was changed there, so the text contains the beginning, too. */
  readonly isRedrawn?: true;
}

/** Receives a complete line. `isClean`: no other stream is in the middle of a line, so the end of this one cuts nothing. */
export type OnLine = (line: Line, isClean: boolean) => void;

/**
 * Forms lines for each stream on its own, so that the output of one stream does not cut a line of the other. Lines
 * come in the order in which they are completed.
 */
export class LineAssembler {
  readonly #streams: ReadonlyMap<Stream, TerminalStream>;
  readonly #starts = new Map<Stream, number>();
  readonly #onDrawing: ((drawing: Line) => void) | undefined;
  #end = 0;
  #safe: number | undefined;
  #settled: number | undefined;

  /**
   * @param open makes the renderer of a stream, in the state in which the stream is
   * @param onDrawing receives what a line in progress shows before that is overwritten or erased
   */
  constructor(
    open: (stream: Stream) => TerminalStream = () => new TerminalStream(),
    onDrawing?: (drawing: Line) => void,
  ) {
    this.#streams = new Map(STREAMS.map((stream) => [stream, open(stream)]));
    this.#onDrawing = onDrawing;
  }

  /** No stream is in the middle of a line. A stream that shows nothing yet (a color was reset) is not. */
  get clean(): boolean {
    return this.#starts.size === 0;
  }

  /** A stream is at the beginning of a line, and has not changed how the text that follows is shown. */
  isAtNewLine(stream: Stream): boolean {
    return (this.#streams.get(stream) as TerminalStream).isAtNewLine;
  }

  /** Cursor of the first byte of the oldest line in progress. */
  get openSince(): number | undefined {
    return this.clean ? undefined : Math.min(...this.#starts.values());
  }

  /**
   * The last point behind the first byte of the piece fed last where no stream is in the middle of a character or an
   * escape sequence; undefined if the piece has none.
   */
  get safe(): number | undefined {
    return this.#safe;
  }

  /**
   * The same, but for the stream of that piece alone. Reading can continue there: what is incomplete in the other
   * stream is looked up (`assemblersAt`).
   */
  get settled(): number | undefined {
    return this.#settled;
  }

  /** Drops the line that a stream has in progress at a cursor, before anything is fed. See `TerminalStream.dropLine()`. */
  beginAt(stream: Stream, cursor: number, maxRowBytes: number): void {
    const terminal = this.#streams.get(stream) as TerminalStream;
    terminal.dropLine(maxRowBytes);
    if (!terminal.isComplete) this.#starts.set(stream, cursor);
  }

  feed({ stream, offset, bytes }: Piece, onLine: OnLine = () => undefined): void {
    const terminal = this.#streams.get(stream) as TerminalStream;
    const isClean = [...this.#starts.keys()].every((other) => other === stream);
    const onDrawing = this.#onDrawing;
    let start = this.#starts.get(stream) ?? offset;
    terminal.feed(bytes, offset, {
      line: (text, end, isRedrawn) => {
        onLine({ stream, text, start, end, ...(isRedrawn && { isRedrawn }) }, isClean);
        start = end;
      },
      left: (end) => {
        start = end;
      },
      drawing: onDrawing && ((text, end) => onDrawing({ stream, text, start, end })),
    });
    this.#end = offset + bytes.length;
    if (terminal.isBlank) this.#starts.delete(stream);
    else this.#starts.set(stream, start);
    const settled = terminal.openAt ?? this.#end;
    const isSafe = STREAMS.every((other) => other === stream || this.#streams.get(other)?.isComplete);
    this.#settled = settled > offset ? settled : undefined;
    this.#safe = isSafe ? this.#settled : undefined;
  }

  /** Treats incomplete characters as final, because nothing follows. */
  finish(): void {
    for (const terminal of this.#streams.values()) terminal.end();
  }

  /** Ends the line in progress of a stream where it is. */
  cut(stream: Stream): void {
    this.#streams.get(stream)?.dropLine(0);
    this.#starts.delete(stream);
  }

  /** A line that began before the assembler shows nothing any more, and has not ended. */
  isErased(only?: Stream): boolean {
    return STREAMS.some(
      (stream) =>
        (only === undefined || stream === only) && (this.#streams.get(stream) as TerminalStream).isErased,
    );
  }

  /** The lines in progress that show something, in the order in which they began. */
  unfinished(only?: Stream): Line[] {
    return [...this.#starts]
      .filter(([stream]) => only === undefined || stream === only)
      .map(([stream, start]) => {
        const { text, isRedrawn } = this.#streams.get(stream) as TerminalStream;
        return { stream, text, start, end: this.#end, ...(isRedrawn && { isRedrawn }) };
      })
      .filter(({ text }) => text !== '')
      .sort((a, b) => a.start - b.start);
  }
}
