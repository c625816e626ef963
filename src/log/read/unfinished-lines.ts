import { STREAMS, type Stream } from '../store/log-segments.ts';
import { LineAssembler } from '../render/line-assembler.ts';
import { BLOCK, type LogReader } from './log-reader.ts';

const LF = 0x0a;
/** Bytes looked at first, both streams at once. */
const NEAR = 4096;
/** Parts in which a line may come. */
const MOST_PARTS = 1000;

/**
 * For lines from a cursor on. A cursor can stand amid a character or an escape sequence: the caller chose it, or
 * one stream was amid one while the other filled a page. What is half read there, and shown nowhere, goes before.
 *
 * @returns makes one that takes both streams, or only the one that is named
 */
export function assemblersAt(reader: LogReader, cursor: number): (only?: Stream) => LineAssembler {
  const before = linesBefore(reader, cursor);
  return (only) => {
    const assembler = new LineAssembler();
    for (const [stream, bytes] of before) {
      if (only === undefined || stream === only) assembler.resume(stream, bytes, cursor);
    }
    return assembler;
  };
}

/** What a stream wrote of its line in progress at `cursor`: its last part, when the line is long. */
export function lineBefore(reader: LogReader, stream: Stream, cursor: number): Buffer {
  return linesBefore(reader, cursor, [stream]).get(stream) as Buffer;
}

function linesBefore(reader: LogReader, cursor: number, streams = STREAMS as readonly Stream[]) {
  const near = endsOfLines(reader, streams, cursor, NEAR);
  return new Map(
    streams.map((stream) => {
      const { bytes, isWhole } = near.get(stream) as LineEnd;
      if (isWhole || cursor === 0) return [stream, bytes];
      const line = lineOf(reader, stream, cursor);
      // Without an index nobody knows.
      return [stream, line.length > 0 ? line : bytes];
    }),
  );
}

/** The end of a stream's line in progress, of which the other stream may have written any amount since, and in between. */
function lineOf(reader: LogReader, stream: Stream, cursor: number): Buffer {
  const parts: Buffer[] = [];
  let size = 0;
  for (let at = cursor; size < BLOCK && parts.length < MOST_PARTS;) {
    const run = reader.lastRun(stream, at);
    if (run === undefined) break;
    const start = Math.max(run.start, run.end - BLOCK);
    const bytes = Buffer.concat([...reader.pieces(start, run.end)].map((piece) => piece.bytes));
    const begin = bytes.lastIndexOf(LF) + 1;
    parts.unshift(bytes.subarray(begin));
    size += bytes.length;
    if (begin > 0) break;
    at = start;
  }
  return Buffer.concat(parts);
}

interface LineEnd {
  readonly bytes: Buffer;
  /** It is known where the line begins. */
  readonly isWhole: boolean;
}

function endsOfLines(
  reader: LogReader,
  streams: readonly Stream[],
  cursor: number,
  most: number,
): Map<Stream, LineEnd> {
  const parts = new Map(streams.map((stream) => [stream, [] as Buffer[]]));
  const whole = new Set<Stream>();
  for (const { stream, bytes } of reader.piecesBackwards(Math.max(0, cursor - most), cursor)) {
    if (!streams.includes(stream) || whole.has(stream)) continue;
    const begin = bytes.lastIndexOf(LF) + 1;
    parts.get(stream)?.unshift(bytes.subarray(begin));
    if (begin > 0) whole.add(stream);
    if (whole.size === streams.length) break;
  }
  return new Map(
    [...parts].map(([stream, bytes]) => {
      return [stream, { bytes: Buffer.concat(bytes), isWhole: whole.has(stream) }];
    }),
  );
}
