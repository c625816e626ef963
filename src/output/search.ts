import { LineAssembler, type Line } from './line-assembler.ts';
import { LogReader } from './log-reader.ts';
import { wanted, type StreamChoice } from './page.ts';

export interface SearchRequest extends StreamChoice {
  /** The log folder. */
  readonly folder: string;
  /** Where to begin, bytes since the job began. */
  readonly cursor: number;
  /** Source of a JavaScript regular expression, tried on each line as a person would see it. */
  readonly pattern: string;
  /** Lines shown before and after each match. */
  readonly context: number;
  readonly maxMatches: number;
}

export interface FoundLine extends Line {
  /** Counted from 1 at the cursor where the search began. */
  readonly number: number;
}

export interface Match extends FoundLine {
  readonly before: readonly FoundLine[];
  readonly after: readonly FoundLine[];
}

export interface SearchResult {
  readonly matches: readonly Match[];
  /** Where to go on: behind the last match when there may be more, else the last point with no line open. */
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
 * @param onBlock called after each block read; a sign of life
 * @throws SyntaxError when the pattern is not a regular expression
 */
export function search(request: SearchRequest, onBlock: () => void = () => undefined): SearchResult {
  const pattern = new RegExp(request.pattern);
  const reader = new LogReader(request.folder);
  const { start, end } = reader.range();
  const assembler = new LineAssembler();
  const found: (Match & { readonly after: FoundLine[] })[] = [];
  const recent: FoundLine[] = [];
  let lines = 0;
  let clean = Math.max(start, request.cursor);
  let stopped: number | undefined;

  const consider = (line: Line): void => {
    if (!wanted(line.stream, request)) return;
    if (stopped !== undefined && (found.at(-1)?.after.length ?? 0) >= request.context) return;
    const numbered = { ...line, number: ++lines };
    for (const match of found.slice(-request.context - 1)) {
      if (match.after.length < request.context) match.after.push(numbered);
    }
    if (stopped === undefined && pattern.test(line.text)) {
      found.push({ ...numbered, before: [...recent], after: [] });
      if (found.length >= request.maxMatches) stopped = line.end;
    }
    recent.push(numbered);
    if (recent.length > request.context) recent.shift();
  };
  const isDone = (): boolean => stopped !== undefined && (found.at(-1)?.after.length ?? 0) >= request.context;

  for (const piece of reader.pieces(clean, end)) {
    assembler.feed(piece, consider);
    if (isDone()) return { matches: found, next: stopped ?? end, more: true, lines };
    for (const line of assembler.unfinished()) {
      if (line.end - line.start < LONGEST_LINE) continue;
      consider(line);
      assembler.cut(line.stream);
    }
    if (assembler.clean) clean = piece.offset + piece.bytes.length;
    onBlock();
  }
  for (const line of assembler.unfinished()) consider(line);
  const more = stopped !== undefined && stopped < end;
  return { matches: found, next: more ? (stopped as number) : clean, more, lines };
}
