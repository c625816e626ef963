import type { Tail } from '../../log/read/log-tail.ts';
import type { TextPage } from '../../log/read/text-page.ts';
import { FoldedLines, foldRepeatedLines } from './repeated-lines.ts';

/** Bytes of a log that one reply may fold, and the number of pages that it reads for them. */
const MAX_FOLDED_BYTES = 1024 * 1024;
const MAX_PAGES = 50;
/** The reading of further pages ends when less room is left. */
const MIN_ROOM_BYTES = 64;

/**
 * Reads a page of text with repeated lines folded, and fills the room that this makes with the lines that follow.
 *
 * @param read reads the page from a cursor on with at most so many bytes of text
 */
export function readFoldedPage(
  read: (cursor: number, maxBytes: number) => TextPage,
  cursor: number,
  maxBytes: number,
): TextPage {
  const first = read(cursor, maxBytes);
  let last = first;
  let folded = new FoldedLines().with(first.text);
  let isShorter = folded.text.length < first.text.length;
  for (let pages = 1, size = maxBytes; isShorter && pages < MAX_PAGES; pages++) {
    const room = maxBytes - Buffer.byteLength(folded.text);
    if (room < MIN_ROOM_BYTES || last.partial || last.next === last.end) break;
    // A large page first: a poller may have printed its line for hours.
    size = Math.max(room, Math.min(size * 4, MAX_FOLDED_BYTES - (last.next - first.start)));
    let next = read(last.next, size);
    let joined = folded.with(next.text);
    if (Buffer.byteLength(joined.text) > maxBytes && size > room) {
      size = room;
      next = read(last.next, size);
      joined = folded.with(next.text);
    }
    // The line fits into a page of its own.
    if (next.cut !== undefined && next.cut.bytes <= maxBytes) break;
    const follows = next.start === last.next && next.next > next.start && next.continued === false;
    if (!follows || Buffer.byteLength(joined.text) > maxBytes) break;
    isShorter = joined.text.length < folded.text.length + next.text.length;
    last = next;
    folded = joined;
  }
  const { next, end, partial, cut } = last;
  return { ...first, next, end, partial, ...(cut !== undefined && { cut }), text: folded.text };
}

/**
 * Reads the last lines of a log with repeated lines folded, and fills the room that this makes with earlier lines.
 *
 * @param read reads the tail with at most so many bytes of text
 */
export function readFoldedTail(read: (maxBytes: number) => Tail, maxBytes: number): Tail {
  let tail = read(maxBytes);
  let folded = foldRepeatedLines(tail.text);
  for (let size = maxBytes * 4; folded.length < tail.text.length && size <= MAX_FOLDED_BYTES; size *= 4) {
    const larger = read(size);
    const text = foldRepeatedLines(larger.text);
    if (larger.lines <= tail.lines || Buffer.byteLength(text) > maxBytes) break;
    tail = larger;
    folded = text;
  }
  return { ...tail, text: folded };
}
