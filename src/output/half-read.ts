import { STREAMS, type Stream } from './layout.ts';
import { LineAssembler } from './line-assembler.ts';
import { BLOCK, type LogReader } from './log-reader.ts';

const LF = 0x0a;

/**
 * For lines from a cursor on. A cursor can stand amid a character or an escape sequence: the caller chose it, or
 * one stream was amid one while the other filled a page. What is half read there, and shown nowhere, goes before.
 *
 * @param only the stream that will be fed; both when it is left out
 */
export function assemblerAt(reader: LogReader, cursor: number, only?: Stream): LineAssembler {
  const assembler = new LineAssembler();
  for (const stream of only === undefined ? STREAMS : [only]) {
    assembler.resume(stream, lineBefore(reader, stream, cursor), cursor);
  }
  return assembler;
}

/** What a stream wrote of its line in progress at `cursor`: its last part, when the line is long. */
export function lineBefore(reader: LogReader, stream: Stream, cursor: number): Buffer {
  // The other stream may have written any amount since.
  const end = reader.endOf(stream, cursor);
  if (end === undefined) return Buffer.alloc(0);
  const parts: Buffer[] = [];
  for (const piece of reader.piecesBackwards(Math.max(0, end - BLOCK), end)) {
    if (piece.stream !== stream) continue;
    const begin = piece.bytes.lastIndexOf(LF) + 1;
    parts.unshift(piece.bytes.subarray(begin));
    if (begin > 0) break;
  }
  return Buffer.concat(parts);
}
