import type { Line, LineAssembler } from '../render/line-assembler.ts';
import { type Stream, STREAMS } from '../store/log-segments.ts';
import { behindLastLineFeed } from './line-feeds.ts';
import { BLOCK_BYTES, type LogReader } from './log-reader.ts';
import { measureLine } from './long-line.ts';
import {
  isContinued,
  isDropped,
  type PageRequest,
  SCAN_LIMIT_BYTES,
  type StreamChoice,
  wanted,
} from './page.ts';
import { plainLines } from './plain-lines.ts';
import { ResumedStreams } from './resumed-streams.ts';
import type { TextPage } from './text-page.ts';

export interface TailRequest extends Omit<PageRequest, 'cursor'> {
  readonly lines: number;
}

/** A page that ends with the log. */
export type Tail = TextPage & { readonly lines: number };

/** Reads the last lines of a log. The page begins at the first of them that fits into `maxBytes`. */
export function readTail(log: LogReader, request: TailRequest): Tail {
  return log.hold((reader) => readHeld(reader, request));
}

function readHeld(reader: LogReader, request: TailRequest): Tail {
  const { start: kept, end } = reader.range();
  const { resumed, next, lines, unfinished, isPlain } = formLastLines(reader, request);
  const all = [...lines, ...unfinished].slice(-request.lines).map((line, at, { length }) => {
    const isLast = unfinished.length > 0 && at === length - 1;
    return { ...line, text: isLast ? line.text : line.text + '\n' };
  });
  const shown = lastThatFit(all, request.maxBytes);
  const isCut = shown[0]?.text !== all.at(-shown.length)?.text;
  const begun =
    isPlain && shown[0] !== undefined ? isDropped(reader, shown[0]) : isContinued(reader, shown[0], resumed);
  const start = isCut ? firstShown(reader, all.at(-1)!, shown[0]!.text) : (shown[0]?.start ?? next);
  // Without an exact cursor, the page begins where the line does.
  const continued = begun || (isCut && start > shown[0]!.start);
  const isAllShown = resumed.cursor === kept && shown.length === all.length && !isCut;
  return {
    start,
    next,
    end,
    // Older lines were requested, too.
    dropped: isAllShown && shown.length < request.lines ? kept : 0,
    partial: unfinished.length > 0,
    continued,
    ...(shown[0] && (continued || isCut) && { cut: measureLine(reader, shown[0].stream, shown[0].start) }),
    text: shown.map(({ text }) => text).join(''),
    lines: shown.length,
  };
}

interface LastLines {
  readonly resumed: ResumedStreams;
  readonly next: number;
  readonly lines: readonly Line[];
  readonly unfinished: readonly Line[];
  /** See `plainLines()`. */
  readonly isPlain: boolean;
}

/** Forms as many lines as are requested, or more. */
function formLastLines(reader: LogReader, request: TailRequest): LastLines {
  const { start, end } = reader.range();
  const lowest = Math.max(start, end - SCAN_LIMIT_BYTES);
  for (let lineFeeds = request.lines; ; lineFeeds *= 4) {
    const from = findTailStart(reader, lowest, end, { ...request, lines: lineFeeds });
    const last = formLines(reader, from, end, request);
    // A program that moves between rows ends fewer lines than it writes line feeds.
    if (from === lowest || last.lines.length + last.unfinished.length >= request.lines) return last;
  }
}

function formLines(reader: LogReader, from: number, end: number, request: TailRequest): LastLines {
  const resumed = new ResumedStreams(reader, from);
  const plain = plainLines(reader, resumed, end)?.filter(({ stream }) => wanted(stream, request));
  if (plain !== undefined) return { resumed, next: end, lines: plain, unfinished: [], isPlain: true };
  const next = request.ended ? end : findEnd(reader, from, end, resumed.assembler());
  const lines: Line[] = [];
  const assembler = resumed.assembler({ only: request.stream });
  for (const piece of reader.pieces(from, next)) {
    if (wanted(piece.stream, request)) assembler.feed(piece, (line) => lines.push(line));
  }
  if (request.ended) assembler.finish();
  return { resumed, next, lines, unfinished: assembler.unfinished(), isPlain: false };
}

/**
 * Returns the last point from `start` on where the stream that wrote before it is not inside a character or a
 * sequence. The other stream does not matter: it may stay inside one while everything else continues.
 */
function findEnd(reader: LogReader, start: number, end: number, assembler: LineAssembler): number {
  let settled = start;
  for (const piece of reader.pieces(start, end)) {
    assembler.feed(piece);
    settled = assembler.settled ?? settled;
  }
  return settled;
}

/** Returns the last lines that fit, or the end of the last line if it is too long. */
function lastThatFit<T extends { readonly text: string }>(lines: readonly T[], maxBytes: number): T[] {
  let first = lines.length;
  for (let size = 0; first > 0; first--) {
    size += Buffer.byteLength(lines[first - 1]?.text ?? '');
    if (size > maxBytes) break;
  }
  const last = lines.at(-1);
  if (first < lines.length || last === undefined) return lines.slice(first);
  return [{ ...last, text: lastBytes(last.text, maxBytes) }];
}

/**
 * Returns the cursor of the first byte of the shown end of a line. If the log does not contain it as it is shown, such as
 * with escape sequences or in another encoding, returns the cursor of the first byte of the line.
 */
function firstShown(reader: LogReader, { stream, start, end }: Line, text: string): number {
  const shown = text.replace(/\n$/, '');
  for (const lineEnd of ['', '\n', '\r\n']) {
    const expected = Buffer.from(shown + lineEnd);
    const from = end - expected.length;
    if (from < start) continue;
    const pieces = [...reader.pieces(from, end)];
    const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
    if (bytes.equals(expected) && pieces.every((piece) => piece.stream === stream)) return from;
  }
  return start;
}

/** Walks back over `lines` line feeds, and further to where every stream begins a line, if that is near. */
function findTailStart(
  reader: LogReader,
  lowest: number,
  end: number,
  request: StreamChoice & { readonly lines: number },
): number {
  const open = new Set<Stream>(STREAMS);
  let count = 0;
  let first: number | undefined;
  let found = lowest;
  for (const piece of reader.piecesBackwards(lowest, end)) {
    if (first !== undefined && first - piece.offset > BLOCK_BYTES) return found;
    const isWanted = wanted(piece.stream, request);
    const encoding = reader.encodingOf(piece.stream, piece.bytes);
    let behind = behindLastLineFeed(piece, encoding);
    for (; behind > 0; behind = behindLastLineFeed(piece, encoding, behind - 1)) {
      if (isWanted) count++;
      // A line feed at the end completes the last line. It does not begin another one.
      if (count <= request.lines) continue;
      found = piece.offset + behind;
      if (first === undefined) {
        first = found;
        for (const stream of open) if (!wroteNear(reader, stream, first)) open.delete(stream);
      }
      open.delete(piece.stream);
      if (open.size === 0) return found;
    }
  }
  return lowest;
}

/** Returns true if a stream can be in the middle of a line at a cursor that began near it. */
function wroteNear(reader: LogReader, stream: Stream, cursor: number): boolean {
  const run = reader.lastRun(stream, cursor);
  return run !== undefined && run.end > cursor - BLOCK_BYTES;
}

function lastBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  let from = Math.max(0, bytes.length - maxBytes);
  while (from < bytes.length && ((bytes[from] as number) & 0xc0) === 0x80) from++;
  return bytes.toString('utf8', from);
}
