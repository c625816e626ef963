import type { LineAssembler } from '../render/line-assembler.ts';
import type { Piece } from '../store/log-piece.ts';
import type { LogReader } from './log-reader.ts';
import {
  isContinued,
  locate,
  type Page,
  type PageRequest,
  SCAN_LIMIT_BYTES,
  slices,
  sliceSize,
  wanted,
} from './page.ts';
import { ResumedStreams } from './resumed-streams.ts';

export type RawPage = Page & { readonly bytes: Buffer };

/** Reads a page of bytes exactly as they were written. */
export function readRaw(log: LogReader, request: PageRequest): RawPage {
  return log.hold((reader) => readHeld(reader, request));
}

function readHeld(reader: LogReader, request: PageRequest): RawPage {
  const { start, dropped, end } = locate(reader, request);
  const resumed = new ResumedStreams(reader, start);
  const next = findRawEnd(reader, start, end, request, resumed.assembler());
  const pieces: Piece[] = [];
  const assembler = resumed.assembler({ only: request.stream });
  for (const piece of reader.pieces(start, next)) {
    if (!wanted(piece.stream, request)) continue;
    pieces.push(piece);
    assembler.feed(piece);
  }
  const first = pieces[0] && { stream: pieces[0].stream, start: pieces[0].offset };
  return {
    start,
    next,
    end,
    dropped,
    partial: !assembler.clean,
    continued: isContinued(reader, first, resumed),
    bytes: Buffer.concat(pieces.map(({ bytes }) => bytes)),
  };
}

/** Finds where a page of bytes from `start` must end: at the last safe point or, if there is none (binary data), when it is full. */
function findRawEnd(
  reader: LogReader,
  start: number,
  end: number,
  request: PageRequest,
  assembler: LineAssembler,
): number {
  let size = 0;
  let next = start;
  let safe: number | undefined;
  let settled: number | undefined;
  for (const piece of slices(reader, start, end, sliceSize(request.maxBytes))) {
    if (wanted(piece.stream, request)) size += piece.bytes.length;
    if (size > request.maxBytes || next - start >= SCAN_LIMIT_BYTES) return safe ?? settled ?? next;
    assembler.feed(piece);
    next = piece.offset + piece.bytes.length;
    safe = assembler.safe ?? safe;
    settled = assembler.settled ?? settled;
  }
  return request.ended ? end : (safe ?? settled ?? start);
}
