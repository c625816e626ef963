import { FreshFiles } from '../read/log-files.ts';
import { LogReader } from '../read/log-reader.ts';
import { type StreamChoice, wanted } from '../read/page.ts';
import { ResumedStreams } from '../read/resumed-streams.ts';
import type { Line, LineAssembler } from '../render/line-assembler.ts';
import type { Piece } from '../store/log-piece.ts';
import { type Stream, STREAMS } from '../store/log-segments.ts';
import { LongLine, type LongText } from './long-line.ts';
import { lastLines, PlainLineReader } from './plain-lines.ts';
import { compilePattern } from './search-pattern.ts';

export interface SearchRequest extends StreamChoice {
  /** The log folder. */
  readonly folder: string;
  /** The encoding of the output, a name that `encodingNamed()` returned; by default UTF-8 or UTF-16. */
  readonly encoding?: string | undefined;
  /** Rows of the terminal of the job, if it has one. */
  readonly rows?: number | undefined;
  /** Where the log ends, in case its files were deleted. */
  readonly knownEnd?: number;
  /** Nothing will be added to the log, so an incomplete character at its end is final. */
  readonly ended?: boolean | undefined;
  /** The cursor to begin at, in bytes since the job began. */
  readonly cursor: number;
  /**
   * A pattern as `compilePattern()` takes it, tried on each line as a person would see it, and on what the line showed
   * before it was overwritten or erased.
   */
  readonly pattern: string;
  /** Lines to return before and after each match. */
  readonly context: number;
  /** More are returned if the other stream is in the middle of a line at the last one, so that it is not cut. */
  readonly maxMatches: number;
  /** How long to search, in ms. The search stops at the next point from which it can continue. By default it never stops. */
  readonly maxMs?: number | undefined;
}

export interface FoundLine extends Line {
  /** Counted from 1 at the cursor where the search began. */
  readonly number: number;
  /** Set for a line of which `text` is only a part, since it is very long. */
  readonly long?: Pick<LongText, 'bytes' | 'isWhole'>;
}

/** The text of a match is what the line showed last, or else the first text that matched and was overwritten. */
export interface Match extends FoundLine {
  /** Where it begins in the text, in UTF-16 code units. */
  readonly at: number;
  /** A search that continues at its `end` cuts no line of the other stream. */
  readonly clean: boolean;
  /** The line does not continue behind its `end`. */
  readonly isEnded: boolean;
  readonly before: readonly FoundLine[];
  readonly after: readonly FoundLine[];
}

type Found = Pick<Match, 'text' | 'at' | 'start'>;

export interface SearchResult {
  readonly matches: readonly Match[];
  /** The cursor to continue from: the last point that was passed with no line open. */
  readonly next: number;
  /** The search stopped at `maxMatches` or after `maxMs`, before the end of the log. */
  readonly more: boolean;
  /** It stopped after `maxMs`. */
  readonly isOutOfTime: boolean;
  /** Lines that were looked at. */
  readonly lines: number;
}

const LF = 0x0a;
/** A longer line is searched in parts, so that memory use stays flat. It counts as one line. */
const MAX_LINE_BYTES = 1024 * 1024;

/**
 * Searches a log from a cursor on. This includes an unfinished last line, since a prompt has no line end.
 *
 * @param onPiece called for each piece, as a sign of progress
 * @throws SyntaxError if the pattern is not a regular expression
 */
export function search(request: SearchRequest, onPiece: () => void = () => undefined): SearchResult {
  const pattern = compilePattern(request.pattern);
  const files = new FreshFiles(request.folder, request.knownEnd);
  const reader = new LogReader(request.folder, request.encoding, files, undefined, request.rows);
  const { start, end } = reader.range();
  const found: (Match & { readonly after: FoundLine[] })[] = [];
  const recent: FoundLine[] = [];
  let lines = 0;
  let next = Math.max(start, request.cursor);
  /** Of each line in progress, the first drawing that matched. */
  const drawn = new Map<Stream, Line & { readonly at: number }>();
  const resumed = new ResumedStreams(reader, next);
  /** The long lines in progress. */
  const long = new Map<Stream, { readonly line: LongLine; readonly start: number }>();
  for (const stream of STREAMS) {
    if (wanted(stream, request) && resumed.isInLongLine(stream))
      long.set(stream, { line: new LongLine(pattern, false), start: next });
  }
  const assembler = resumed.assembler({
    only: request.stream,
    onDrawing: (drawing) => {
      if (drawn.has(drawing.stream)) return;
      const at = drawing.text.search(pattern);
      if (at >= 0) drawn.set(drawing.stream, { ...drawing, at });
    },
  });

  const began = performance.now();
  let passed = next;
  const first = next;
  // A search that continues at `next` would find the matches behind it again.
  const isOutOfTime = (): boolean =>
    next > first &&
    next >= (found.at(-1)?.end ?? 0) &&
    performance.now() - began >= (request.maxMs ?? Infinity);
  const isStopped = (): boolean => next >= (found[request.maxMatches - 1]?.end ?? Infinity);
  const isDone = (): boolean => isStopped() && (found.at(-1)?.after.length ?? 0) >= request.context;
  const matchIn = (line: Line, isSearched: boolean): Found | undefined => {
    const drawing = drawn.get(line.stream);
    drawn.delete(line.stream);
    const at = isSearched ? -1 : line.text.search(pattern);
    if (at >= 0) return { text: line.text, at, start: line.start };
    return drawing && { text: drawing.text, at: drawing.at, start: drawing.start };
  };
  /** Ends the long line of which a line is the last part. */
  const finishLong = (part: Line, isEnded: boolean): { line: Line; match: Found | undefined } | undefined => {
    const open = long.get(part.stream);
    if (open === undefined) return undefined;
    long.delete(part.stream);
    const { text, at, ...size } = open.line.finish(part.text, isEnded);
    const line = { ...part, text, start: open.start, long: size };
    return { line, match: at === undefined ? undefined : { text, at, start: open.start } };
  };
  const consider = (part: Line, clean: boolean, isEnded: boolean): void => {
    if (isDone()) return;
    const whole = long.size === 0 ? undefined : finishLong(part, isEnded);
    const line = whole?.line ?? part;
    const numbered = { ...line, number: ++lines };
    for (const match of found.slice(-request.context - 1)) {
      if (match.after.length < request.context) match.after.push(numbered);
    }
    const match = isStopped() ? undefined : (whole?.match ?? matchIn(line, whole !== undefined));
    if (match !== undefined)
      found.push({ ...numbered, ...match, clean, isEnded, before: [...recent], after: [] });
    recent.push(numbered);
    if (recent.length > request.context) recent.shift();
  };
  const take = (line: Line, clean: boolean): void => {
    consider(line, clean, true);
    // Only here, continuing does not cut a line of the other stream.
    if (clean && !isStopped()) next = line.end;
  };
  /** Ends what is in progress where the search ends. */
  const finish = (): void => {
    if (request.ended === true) assembler.finish();
    const unfinished = assembler.unfinished();
    // A line in progress may show nothing now, or its last part nothing more.
    const rest = [...drawn.values(), ...longRests()];
    const erased = STREAMS.flatMap((stream) => {
      if (unfinished.some((line) => line.stream === stream)) return [];
      return rest.find((line) => line.stream === stream) ?? [];
    });
    for (const line of [...unfinished, ...erased]) consider(line, false, false);
  };
  const longRests = (): Line[] =>
    [...long].flatMap(([stream, { line, start: from }]) =>
      line.isEmpty ? [] : [{ stream, text: '', start: from, end: passed }],
    );

  const plain = new PlainLineReader(reader, assembler);
  const feed = (piece: Piece): void => {
    if (piece.bytes.length === 0) return;
    plain.catchUp(piece.stream);
    assembler.feed(piece, take);
  };
  /** Takes the lines at the beginning of a piece if they are plain text without a match. @returns the rest */
  const passPlain = (piece: Piece): Piece => {
    const isQuiet = long.size === 0 && drawn.size === 0 && !isStopped();
    if (!isQuiet || (found.at(-1)?.after.length ?? request.context) < request.context) return piece;
    const read = plain.read(piece);
    if (read === undefined || read.lines.some((line) => pattern.test(line))) return piece;
    plain.pass(piece, read);
    lines += read.lines.length;
    next = read.end;
    recent.push(...lastLines(piece, read, lines, request.context));
    recent.splice(0, Math.max(0, recent.length - request.context));
    return { ...piece, offset: read.end, bytes: piece.bytes.subarray(read.end - piece.offset) };
  };

  for (const piece of reader.pieces(next, end)) {
    onPiece();
    if (!wanted(piece.stream, request)) continue;
    passed = piece.offset + piece.bytes.length;
    const [begun, rest] = splitAtLine(piece, assembler);
    feed(begun);
    feed(passPlain(rest));
    if (isDone()) break;
    if (isOutOfTime() && next < end) {
      // Matches in their parts before `next` would not be found again.
      for (const rest of longRests())
        if (long.get(rest.stream)?.line.hasMatch === true) consider(rest, false, false);
      return { matches: found, next, more: true, isOutOfTime: true, lines };
    }
    if (passed - (assembler.openSince ?? passed) < MAX_LINE_BYTES || assembler.safe !== passed) continue;
    for (const line of assembler.unfinished()) {
      if (passed - line.start < MAX_LINE_BYTES) continue;
      assembler.cut(line.stream);
      const open = long.get(line.stream) ?? { line: new LongLine(pattern, true), start: line.start };
      long.set(line.stream, open);
      open.line.add(line.text);
      if (assembler.clean && !isStopped()) next = passed;
    }
  }
  finish();
  return { matches: found, next, more: isStopped() && next < end, isOutOfTime: false, lines };
}

/** Splits a piece behind the end of the line that its stream has begun before. */
function splitAtLine(piece: Piece, assembler: LineAssembler): [Piece, Piece] {
  const { stream, offset, bytes } = piece;
  const at = assembler.isAtNewLine(stream) ? 0 : bytes.indexOf(LF) + 1;
  return [
    { stream, offset, bytes: bytes.subarray(0, at) },
    { stream, offset: offset + at, bytes: bytes.subarray(at) },
  ];
}
