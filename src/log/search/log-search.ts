import { assemblersAt } from '../read/unfinished-lines.ts';
import type { Line } from '../render/line-assembler.ts';
import { LogReader } from '../read/log-reader.ts';
import { compilePattern } from './search-pattern.ts';
import { wanted, type StreamChoice } from '../read/page.ts';

export interface SearchRequest extends StreamChoice {
  /** The log folder. */
  readonly folder: string;
  /** Where to begin, bytes since the job began. */
  readonly cursor: number;
  /** A pattern as `compilePattern()` takes it, tried on each line as a person would see it. */
  readonly pattern: string;
  /** Lines shown before and after each match. */
  readonly context: number;
  /** Some more are found when a line of the other stream is in progress at the last: it must not be cut. */
  readonly maxMatches: number;
}

export interface FoundLine extends Line {
  /** Counted from 1 at the cursor where the search began; the parts of a very long line have the same. */
  readonly number: number;
}

export interface Match extends FoundLine {
  /** Where in the text it begins, UTF-16 code units. */
  readonly at: number;
  /** A search that goes on at its `end` cuts no line of the other stream. */
  readonly clean: boolean;
  readonly before: readonly FoundLine[];
  readonly after: readonly FoundLine[];
}

export interface SearchResult {
  readonly matches: readonly Match[];
  /** Where to go on: the last point that was passed with no line open. */
  readonly next: number;
  /** The search ended at `maxMatches` and not at the end of the log. */
  readonly more: boolean;
  /** Lines that were looked at. */
  readonly lines: number;
}

/** A line longer than this (bytes) is looked at in parts, so that memory stays flat. */
const LONGEST_LINE = 1024 * 1024;

/**
 * Searches a log from a cursor on, an unfinished last line included: a prompt has no line end.
 *
 * @param onPiece called for each piece read; a sign of life
 * @throws SyntaxError when the pattern is not a regular expression
 */
export function search(request: SearchRequest, onPiece: () => void = () => undefined): SearchResult {
  const pattern = compilePattern(request.pattern);
  const reader = new LogReader(request.folder);
  const { start, end } = reader.range();
  const found: (Match & { readonly after: FoundLine[] })[] = [];
  const recent: FoundLine[] = [];
  let lines = 0;
  let next = Math.max(start, request.cursor);
  const assembler = assemblersAt(reader, next)(request.stream);

  const isStopped = (): boolean => next >= (found[request.maxMatches - 1]?.end ?? Infinity);
  const isDone = (): boolean => isStopped() && (found.at(-1)?.after.length ?? 0) >= request.context;
  const consider = (line: Line, clean: boolean, isPart = false): void => {
    if (isDone()) return;
    const numbered = { ...line, number: lines + 1 };
    if (!isPart) lines++;
    for (const match of found.slice(-request.context - 1)) {
      if (match.after.length < request.context) match.after.push(numbered);
    }
    const at = isStopped() ? -1 : line.text.search(pattern);
    if (at >= 0) found.push({ ...numbered, at, clean, before: [...recent], after: [] });
    recent.push(numbered);
    if (recent.length > request.context) recent.shift();
  };
  const take = (line: Line, clean: boolean, isPart = false): void => {
    consider(line, clean, isPart);
    // Only here can one go on without a line of the other stream being cut.
    if (clean && !isStopped()) next = line.end;
  };

  for (const piece of reader.pieces(next, end)) {
    onPiece();
    if (!wanted(piece.stream, request)) continue;
    assembler.feed(piece, (line, clean) => {
      take(line, clean);
    });
    if (isDone()) break;
    const passed = piece.offset + piece.bytes.length;
    if (passed - (assembler.openSince ?? passed) < LONGEST_LINE || assembler.safe !== passed) continue;
    for (const line of assembler.unfinished()) {
      if (passed - line.start < LONGEST_LINE) continue;
      assembler.cut(line.stream);
      take(line, assembler.clean, true);
    }
  }
  for (const line of assembler.unfinished()) consider(line, false);
  return { matches: found, next, more: isStopped() && next < end, lines };
}
