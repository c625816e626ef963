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
  const streams = only === undefined ? STREAMS : [only];
  for (const [stream, bytes] of linesBefore(reader, cursor, streams)) assembler.resume(stream, bytes, cursor);
  return assembler;
}

/** What each stream wrote of its line in progress at `cursor`, as far as it is near. */
export function linesBefore(
  reader: LogReader,
  cursor: number,
  streams: readonly Stream[],
): Map<Stream, Buffer> {
  const open = new Map(streams.map((stream) => [stream, [] as Buffer[]]));
  const begun = new Set<Stream>();
  for (const { stream, bytes } of reader.piecesBackwards(Math.max(0, cursor - BLOCK), cursor)) {
    if (begun.has(stream)) continue;
    const begin = bytes.lastIndexOf(LF) + 1;
    open.get(stream)?.unshift(bytes.subarray(begin));
    if (begin > 0) begun.add(stream);
    if (streams.every((each) => begun.has(each))) break;
  }
  return new Map([...open].map(([stream, parts]) => [stream, Buffer.concat(parts)]));
}
