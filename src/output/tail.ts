import { STREAMS, type Stream } from './layout.ts';
import { LineAssembler, type Line } from './line-assembler.ts';
import { BLOCK, type LogReader } from './log-reader.ts';
import { isContinued, SCAN_LIMIT, wanted, type PageRequest, type StreamChoice } from './page.ts';
import type { TextPage } from './text-page.ts';

export interface TailRequest extends Omit<PageRequest, 'cursor'> {
  readonly lines: number;
}

/** A page that ends with the log. */
export type Tail = TextPage & { readonly lines: number };

/** The last lines of a log; the page begins at the first of them that fits into `maxBytes`. */
export function readTail(reader: LogReader, request: TailRequest): Tail {
  const range = reader.range();
  const from = findTailStart(reader, range.start, range.end, request);
  const lines: Line[] = [];
  const assembler = new LineAssembler();
  let next = from;
  for (const piece of reader.pieces(from, range.end)) {
    assembler.feed(piece, (line) => {
      if (wanted(line.stream, request)) lines.push(line);
    });
    if (assembler.complete) next = piece.offset + piece.bytes.length;
  }
  if (request.ended) {
    assembler.finish();
    next = range.end;
  }
  const unfinished = assembler.unfinished().filter((line) => wanted(line.stream, request));
  const all = [
    ...lines.map(({ start, text }) => ({ start, text: `${text}\n` })),
    ...unfinished.map(({ start, text }, at) => ({
      start,
      text: at < unfinished.length - 1 ? `${text}\n` : text,
    })),
  ].slice(-request.lines);
  const shown = lastThatFit(all, request.maxBytes);
  const start = shown[0]?.start ?? next;
  return {
    start,
    next,
    end: range.end,
    dropped: 0,
    partial: unfinished.length > 0,
    continued: start === from && isContinued(reader, from, next, request),
    text: shown.map(({ text }) => text).join(''),
    lines: shown.length,
  };
}

/** Of a last line that alone is too long, its end. */
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

/** Walks back over `lines` line ends, and on to where every stream begins a line (if that is near). */
function findTailStart(
  reader: LogReader,
  start: number,
  end: number,
  request: StreamChoice & { readonly lines: number },
): number {
  const open = new Set<Stream>(request.stream === undefined ? STREAMS : [request.stream]);
  let count = 0;
  let found: number | undefined;
  for (const piece of reader.piecesBackwards(Math.max(start, end - SCAN_LIMIT), end)) {
    if (found !== undefined && found - piece.offset > BLOCK) return found;
    if (!wanted(piece.stream, request)) continue;
    let at = piece.bytes.lastIndexOf(0x0a);
    for (; at >= 0; at = at === 0 ? -1 : piece.bytes.lastIndexOf(0x0a, at - 1)) {
      count++;
      // The line end at the very end finishes the last line, it does not begin another.
      if (count <= request.lines) continue;
      found = piece.offset + at + 1;
      open.delete(piece.stream);
      if (open.size === 0) return found;
    }
  }
  return found ?? Math.max(start, end - SCAN_LIMIT);
}

function lastBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  let from = Math.max(0, bytes.length - maxBytes);
  while (from < bytes.length && ((bytes[from] as number) & 0xc0) === 0x80) from++;
  return bytes.toString('utf8', from);
}
