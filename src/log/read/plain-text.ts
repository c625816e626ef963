import { isAscii } from 'node:buffer';
import type { LogReader } from './log-reader.ts';
import { type PageRequest, SCAN_LIMIT_BYTES, wanted } from './page.ts';
import type { ResumedStreams } from './resumed-streams.ts';

const LF = 0x0a;
/** ASCII that a terminal shows as it is. */
const PLAIN = /^[\n\t\x20-\x7e]*$/;

interface PlainRange {
  readonly start: number;
  /** The end of the log. */
  readonly end: number;
  /** The state of the streams at `start`. */
  readonly resumed: ResumedStreams;
}

/**
 * Returns the text of a page if it consists of whole lines of printable ASCII, for which nothing has to be formed: the text
 * is the bytes. Most output is like that, and a log can have millions of lines.
 */
export function plainText(
  reader: LogReader,
  request: PageRequest,
  { start, end, resumed }: PlainRange,
): string | undefined {
  const { maxBytes } = request;
  if (!resumed.isAtLineStart || maxBytes > SCAN_LIMIT_BYTES) return undefined;
  const parts: Buffer[] = [];
  let passed = start;
  let isAtLineStart = true;
  let previous: string | undefined;
  // One byte more than fits: it must not be the beginning of a sequence that shows nothing.
  for (const { stream, offset, bytes } of reader.pieces(start, Math.min(end, start + maxBytes + 1))) {
    if (offset !== passed || !wanted(stream, request)) return undefined;
    // A line that is interrupted by the other stream has to be formed.
    if (stream !== previous && !isAtLineStart) return undefined;
    if (!isAscii(bytes) || reader.encodingOf(stream, bytes) !== undefined) return undefined;
    parts.push(bytes);
    passed += bytes.length;
    isAtLineStart = bytes.at(-1) === LF;
    previous = stream;
  }
  const text = Buffer.concat(parts).toString('latin1');
  const length = text.lastIndexOf('\n', maxBytes - 1) + 1;
  const isWhole = passed === end ? length === text.length : text.length > maxBytes && length > 0;
  return isWhole && PLAIN.test(text) ? text.slice(0, length) : undefined;
}
