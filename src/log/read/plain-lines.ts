import { isAscii, isUtf8 } from 'node:buffer';
import type { Line } from '../render/line-assembler.ts';
import type { Piece } from '../store/log-piece.ts';
import type { LogReader } from './log-reader.ts';
import type { ResumedStreams } from './resumed-streams.ts';

const LF = 0x0a;
/** Text that a terminal shows as it is: no control characters but line feeds and tabs, and no byte order mark. */
const PLAIN = /^[\n\t\x20-\x7e\u00a0-\ufefe\uff00-\uffff]*$/;

/**
 * Returns the lines between two cursors if no terminal has to be emulated for them: each stream is at the beginning of a
 * line at the first cursor, and writes whole lines of plain text. Most output is like that.
 *
 * @param resumed the state of the streams at the first cursor
 */
export function plainLines(reader: LogReader, resumed: ResumedStreams, end: number): Line[] | undefined {
  if (!resumed.isAtLineStart) return undefined;
  const lines: Line[] = [];
  for (const { stream, offset, bytes } of joined(reader.pieces(resumed.cursor, end))) {
    if (bytes.at(-1) !== LF || reader.encodingOf(stream, bytes) !== undefined) return undefined;
    const isSingleByte = isAscii(bytes);
    if (!isSingleByte && !isUtf8(bytes)) return undefined;
    const text = bytes.toString(isSingleByte ? 'latin1' : 'utf8');
    if (!PLAIN.test(text)) return undefined;
    let start = offset;
    for (const line of text.slice(0, -1).split('\n')) {
      const behind = start + (isSingleByte ? line.length : Buffer.byteLength(line)) + 1;
      lines.push({ stream, text: line, start, end: behind });
      start = behind;
    }
  }
  return lines;
}

/** Joins pieces of the same stream, since a line may come in several. */
function joined(pieces: Iterable<Piece>): Piece[] {
  const runs: (Omit<Piece, 'bytes'> & { readonly parts: Buffer[] })[] = [];
  for (const { bytes, ...piece } of pieces) {
    const last = runs.at(-1);
    if (last?.stream === piece.stream) last.parts.push(bytes);
    else runs.push({ ...piece, parts: [bytes] });
  }
  return runs.map(({ parts, ...run }) => ({
    ...run,
    bytes: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts),
  }));
}
