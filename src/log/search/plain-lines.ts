import { isAscii, isUtf8 } from 'node:buffer';
import type { LogReader } from '../read/log-reader.ts';
import type { Line, LineAssembler } from '../render/line-assembler.ts';
import { SCREEN_ROWS } from '../render/screen-rows.ts';
import type { Piece } from '../store/log-piece.ts';
import type { Stream } from '../store/log-segments.ts';

const LF = 0x0a;
/** ASCII that a terminal shows as it is. Of most output, this is found out fastest. */
const PLAIN_ASCII = /^[\n\t\x20-\x7e]*$/;
/** Text that a terminal shows as it is: no control characters but line feeds and tabs, and no byte order mark. */
const PLAIN = /^[\n\t\x20-\x7e\u00a0-\ufefe\uff00-\uffff]*$/;

type NumberedLine = Line & { readonly number: number };

/** Whole lines of plain text, in one stream. */
export interface PlainLines {
  readonly lines: readonly string[];
  /** Cursor behind the last one. */
  readonly end: number;
}

/**
 * Takes whole lines of plain text out of a log that is formed into lines. No terminal has to be emulated for them, which
 * takes most of the time of a search. Most output is like that.
 */
export class PlainLineReader {
  readonly #reader: LogReader;
  readonly #assembler: LineAssembler;
  /** The last lines of each stream that were not fed. A stream that moves between rows afterwards can come back to them. */
  readonly #passed = new Map<Stream, Piece>();

  constructor(reader: LogReader, assembler: LineAssembler) {
    this.#reader = reader;
    this.#assembler = assembler;
  }

  /** Returns the lines at the beginning of a piece, if each stream is at the beginning of a line and nothing else is in them. */
  read({ stream, offset, bytes }: Piece): PlainLines | undefined {
    if (!this.#assembler.clean || !this.#assembler.isAtNewLine(stream)) return undefined;
    const behind = bytes.lastIndexOf(LF) + 1;
    if (behind === 0) return undefined;
    const whole = bytes.subarray(0, behind);
    if (this.#reader.encodingOf(stream, whole) !== undefined) return undefined;
    const text = plainText(whole);
    return text === undefined ? undefined : { lines: text.slice(0, -1).split('\n'), end: offset + behind };
  }

  /** Notes that lines were read, and that they are not fed to the assembler. */
  pass({ stream, offset, bytes }: Piece, { end }: PlainLines): void {
    const rows = this.#reader.rows ?? SCREEN_ROWS;
    let last = lastRows(bytes.subarray(0, end - offset), rows);
    const before = this.#passed.get(stream);
    if (before !== undefined && last.length === end - offset)
      last = lastRows(Buffer.concat([before.bytes, last]), rows);
    this.#passed.set(stream, { stream, offset: end - last.length, bytes: last });
  }

  /** Brings the assembler to where a stream is. Call it before a piece of that is fed. */
  catchUp(stream: Stream): void {
    const passed = this.#passed.get(stream);
    if (passed === undefined) return;
    this.#passed.delete(stream);
    this.#assembler.feed(passed);
  }
}

/**
 * Returns the last of some lines of a piece.
 *
 * @param number of the last one
 */
export function lastLines(
  { stream, offset, bytes }: Piece,
  { lines, end }: PlainLines,
  number: number,
  count: number,
): NumberedLine[] {
  const found: NumberedLine[] = [];
  for (let at = lines.length - 1, behind = end; at >= 0 && found.length < count; at--) {
    const before = behind - offset - 2;
    const start = before < 0 ? offset : offset + bytes.lastIndexOf(LF, before) + 1;
    found.unshift({ stream, text: lines[at] as string, start, end: behind, number: number - found.length });
    behind = start;
  }
  return found;
}

/** Returns as many lines from the end as a screen has rows, or a few more. */
function lastRows(bytes: Buffer, rows: number): Buffer {
  let begin = bytes.length;
  for (let count = 0; count <= rows && begin > 0; count++)
    begin = begin === 1 ? 0 : bytes.lastIndexOf(LF, begin - 2) + 1;
  return bytes.subarray(begin);
}

function plainText(bytes: Buffer): string | undefined {
  const isSingleByte = isAscii(bytes);
  if (!isSingleByte && !isUtf8(bytes)) return undefined;
  // A terminal ends lines with both.
  const text = bytes.toString(isSingleByte ? 'latin1' : 'utf8').replaceAll('\r\n', '\n');
  return (isSingleByte ? PLAIN_ASCII : PLAIN).test(text) ? text : undefined;
}
