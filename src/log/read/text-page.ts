import type { Line, LineAssembler } from '../render/line-assembler.ts';
import type { LogReader } from './log-reader.ts';
import { isContinuedBehind, type LongLine, measureLine } from './long-line.ts';
import {
  isContinued,
  isDropped,
  locate,
  type Page,
  type PageRequest,
  SCAN_LIMIT_BYTES,
  slices,
  sliceSize,
  wanted,
} from './page.ts';
import { plainLines } from './plain-lines.ts';
import { plainText } from './plain-text.ts';
import { ResumedStreams } from './resumed-streams.ts';

export type TextPage = Page & {
  readonly text: string;
  /** The line that does not fit: the end of a page's last line is missing, or the beginning of a tail's first. */
  readonly cut?: LongLine;
};

/**
 * Reads a page of lines as a person would see them. It ends at a line end if it contains one. At the end of the log, an
 * unfinished last line is shown, too.
 */
export function readText(log: LogReader, request: PageRequest): TextPage {
  return log.hold((reader) => readHeld(reader, request));
}

function readHeld(reader: LogReader, request: PageRequest): TextPage {
  const { start, dropped, end } = locate(reader, request);
  const resumed = new ResumedStreams(reader, start);
  const ascii = plainText(reader, request, { start, end, resumed });
  if (ascii !== undefined)
    return {
      ...{ start, next: start + ascii.length, end, dropped, partial: false },
      ...{ continued: ascii !== '' && isDropped(reader, { start, stream: request.stream }), text: ascii },
    };
  // What is longer than a page needs more than its lines.
  const plain = end - start <= request.maxBytes ? plainLines(reader, resumed, end) : undefined;
  if (plain !== undefined) return plainPage(reader, plain, { start, dropped, end }, request);
  const most = sliceSize(request.maxBytes);
  const { next, isInsideLine, formed } = findTextEnd(reader, start, end, request, resumed, most);
  const { lines, unfinished, isErased } = formed ?? formLines(reader, { start, next, end }, request, resumed);
  const open = isInsideLine
    ? unfinished.find(({ stream }) => isContinuedBehind(reader, stream, next))
    : undefined;
  const line = open && measureLine(reader, open.stream, next);
  const first = lines[0] ?? unfinished[0];
  return {
    start,
    next,
    end,
    dropped,
    partial: unfinished.length > 0,
    continued: isContinued(reader, first, resumed) || (first === undefined && isErased && 'replaces'),
    // A shorter line is cut only because the other stream is inside a sequence. The next page has the rest.
    ...(line !== undefined && line.bytes > request.maxBytes && { cut: line }),
    text: lines.map(({ text }) => text + '\n').join('') + unfinished.map(({ text }) => text).join('\n'),
  };
}

function plainPage(
  reader: LogReader,
  lines: readonly Line[],
  { start, dropped, end }: Record<'start' | 'dropped' | 'end', number>,
  request: PageRequest,
): TextPage {
  const shown = lines.filter(({ stream }) => wanted(stream, request));
  return {
    start,
    next: end,
    end,
    dropped,
    partial: false,
    continued: shown[0] !== undefined && isDropped(reader, shown[0]),
    text: shown.map(({ text }) => `${text}\n`).join(''),
  };
}

interface FormedLines {
  readonly lines: readonly Line[];
  readonly unfinished: readonly Line[];
  /** The line that began before the page shows nothing any more. */
  readonly isErased: boolean;
}

interface TextEnd {
  readonly next: number;
  /** The page is full and contains no line end. */
  readonly isInsideLine: boolean;
  /** The lines of the page, if they are already known, so that a long progress bar is not read twice. */
  readonly formed?: FormedLines | undefined;
}

/** Forms the lines from `start` to `next`. */
function formLines(
  reader: LogReader,
  { start, next, end }: Record<'start' | 'next' | 'end', number>,
  request: PageRequest,
  resumed: ResumedStreams,
): FormedLines {
  const lines: Line[] = [];
  const assembler = resumed.assembler({ ...rowLimit(request), only: request.stream });
  for (const piece of reader.pieces(start, next)) {
    if (wanted(piece.stream, request)) assembler.feed(piece, (line) => lines.push(line));
  }
  if (request.ended && next === end) assembler.finish();
  return { lines, unfinished: assembler.unfinished(), isErased: assembler.isErased() };
}

/**
 * Finds where a page of text from `start` must end: at a clean point, or else a line end, a safe point, or a point where
 * only the other stream is inside a sequence.
 */
function findTextEnd(
  reader: LogReader,
  start: number,
  end: number,
  request: PageRequest,
  resumed: ResumedStreams,
  most: number,
): TextEnd {
  const assembler = resumed.assembler(rowLimit(request));
  const lines: Line[] = [];
  let reached = start;
  let size = 0;
  let linesWhenClean = 0;
  let isErasedWhenClean = false;
  let clean: number | undefined;
  let lineEnd: number | undefined;
  let safe: number | undefined;
  let settledLine: number | undefined;
  let settled: number | undefined;
  let fitting: number | undefined;
  for (const piece of slices(reader, start, end, most)) {
    const before = size;
    assembler.feed(piece, (line, isClean) => {
      if (wanted(line.stream, request)) {
        size += Buffer.byteLength(line.text) + 1;
        lines.push(line);
      }
      // A slice may hold the ends of several lines, if they end otherwise than by a line feed.
      if (isClean && size <= request.maxBytes) markClean(line.end);
    });
    const next = piece.offset + piece.bytes.length;
    if (request.ended && next === end) assembler.finish();
    if (size + unfinishedBytes(assembler, request) > request.maxBytes) {
      const whole = clean ?? lineEnd;
      if (whole !== undefined) {
        return { next: whole, isInsideLine: false, formed: formedWhenClean(whole) };
      }
      const best = safe ?? settledLine ?? settled ?? fitting;
      // A single slice is too much if the cursor moved far to the right. It is cut.
      if (best === undefined && most > 1) return findTextEnd(reader, start, end, request, resumed, 1);
      return { next: best ?? next, isInsideLine: best === undefined || best !== settledLine };
    }
    fitting = next;
    safe = assembler.safe ?? safe;
    if (assembler.settled === next && size > before) settledLine = next;
    settled = assembler.settled ?? settled;
    reached = next;
    if (assembler.clean) markClean(next);
    else if (safe === next && size > before) lineEnd = next;
    if (next - start >= SCAN_LIMIT_BYTES) {
      return endAt(clean ?? lineEnd ?? safe ?? settledLine ?? settled ?? next);
    }
  }
  if (request.ended) assembler.finish();
  return endAt(request.ended ? end : (safe ?? settled ?? start));

  function markClean(at: number): void {
    clean = at;
    linesWhenClean = lines.length;
    isErasedWhenClean = assembler.isErased(request.stream);
  }

  function formedWhenClean(next: number): FormedLines | undefined {
    if (next !== clean) return undefined;
    return { lines: lines.slice(0, linesWhenClean), unfinished: [], isErased: isErasedWhenClean };
  }

  function endAt(next: number): TextEnd {
    const formed =
      next === reached
        ? {
            lines,
            unfinished: assembler.unfinished(request.stream),
            isErased: assembler.isErased(request.stream),
          }
        : undefined;
    return { next, isInsideLine: false, formed: formedWhenClean(next) ?? formed };
  }
}

/** The rows of both streams fit into a page, with room for what is written to them. */
function rowLimit({ maxBytes }: PageRequest): { readonly maxRowBytes: number } {
  return { maxRowBytes: maxBytes / 4 };
}

function unfinishedBytes(assembler: LineAssembler, request: PageRequest): number {
  return assembler
    .unfinished(request.stream)
    .reduce((sum, line) => sum + Buffer.byteLength(line.text) + 1, 0);
}
