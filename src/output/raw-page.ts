import { LineAssembler } from './line-assembler.ts';
import type { LogReader } from './log-reader.ts';
import { isContinued, locate, slices, wanted, type Page, type PageRequest } from './page.ts';

export type RawPage = Page & { readonly bytes: Buffer };

/** A page of bytes exactly as they were written. */
export function readRaw(reader: LogReader, request: PageRequest): RawPage {
  const { start, dropped, end } = locate(reader, request);
  const assembler = new LineAssembler();
  const parts: Buffer[] = [];
  let size = 0;
  let next = start;
  let safe = { next: start, size: 0 };
  for (const piece of slices(reader, start, end, request.maxBytes)) {
    const isWanted = wanted(piece.stream, request);
    if (isWanted && size + piece.bytes.length > request.maxBytes) break;
    if (isWanted) {
      parts.push(piece.bytes);
      size += piece.bytes.length;
    }
    assembler.feed(piece, () => undefined);
    next = piece.offset + piece.bytes.length;
    if (assembler.complete) safe = { next, size };
  }
  // Without a safe point at all (binary data), and at the end of a job, the bytes go out as they are.
  const whole = (request.ended && next === end) || (safe.size === 0 && next < end);
  const cut = whole ? { next, size } : safe;
  return {
    start,
    next: cut.next,
    end,
    dropped,
    partial: !assembler.clean,
    continued: isContinued(reader, start, cut.next, request),
    bytes: Buffer.concat(parts).subarray(0, cut.size),
  };
}
