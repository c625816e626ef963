import { LineAssembler, type Line } from './line-assembler.ts';
import type { LogReader } from './log-reader.ts';
import { isContinued, locate, SCAN_LIMIT, slices, wanted, type Page, type PageRequest } from './page.ts';

export type TextPage = Page & { readonly text: string };

/**
 * A page of lines as a person would see them. It ends at a line end when it holds one, and with the log's end an
 * unfinished last line is shown too.
 */
export function readText(reader: LogReader, request: PageRequest): TextPage {
  const { start, dropped, end } = locate(reader, request);
  const next = findTextEnd(reader, start, end, request);
  const lines: string[] = [];
  const collect = (line: Line): void => {
    if (wanted(line.stream, request)) lines.push(line.text + '\n');
  };
  const assembler = new LineAssembler();
  for (const piece of reader.pieces(start, next)) assembler.feed(piece, collect);
  if (request.ended && next === end) assembler.finish();
  const unfinished = assembler.unfinished().filter((line) => wanted(line.stream, request));
  lines.push(unfinished.map((line) => line.text).join('\n'));
  return {
    start,
    next,
    end,
    dropped,
    partial: unfinished.length > 0,
    continued: isContinued(reader, start, next, request),
    text: lines.join(''),
  };
}

/** Where a page of text from `start` must end: at a clean point, else a line end, else a safe point. */
function findTextEnd(reader: LogReader, start: number, end: number, request: PageRequest): number {
  const assembler = new LineAssembler();
  let size = 0;
  let clean: number | undefined;
  let lineEnd: number | undefined;
  let safe: number | undefined;
  let rawPending = 0;
  let next = start;
  let full = false;
  for (const piece of slices(reader, start, end, request.maxBytes)) {
    const before = size;
    assembler.feed(piece, (line) => {
      if (wanted(line.stream, request)) size += Buffer.byteLength(line.text) + 1;
    });
    rawPending = assembler.clean ? 0 : rawPending + piece.bytes.length;
    // Rendering what is unfinished costs its length, so only when it could matter (a byte gives 3 at most).
    const pending = size + 3 * rawPending > request.maxBytes ? unfinishedBytes(assembler, request) : 0;
    full = size + pending > request.maxBytes;
    if (full && (clean ?? lineEnd ?? safe) !== undefined) break;
    next = piece.offset + piece.bytes.length;
    if (assembler.clean) clean = next;
    if (assembler.complete) {
      safe = next;
      if (size > before) lineEnd = next;
    }
    full ||= next - start >= SCAN_LIMIT;
    if (full) break;
  }
  if (full) return clean ?? lineEnd ?? safe ?? next;
  if (assembler.complete || request.ended) return next;
  return safe ?? start;
}

function unfinishedBytes(assembler: LineAssembler, request: PageRequest): number {
  return assembler
    .unfinished()
    .filter((line) => wanted(line.stream, request))
    .reduce((sum, line) => sum + Buffer.byteLength(line.text) + 1, 0);
}
