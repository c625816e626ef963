import { LogReader } from '../log/read/log-reader.ts';
import { ResumedStreams } from '../log/read/resumed-streams.ts';
import type { Line } from '../log/render/line-assembler.ts';
import { type Stream, STREAMS } from '../log/store/log-segments.ts';
import type { ProblemMatcher, Severity } from '../protocol/problem-matcher.ts';
import { FileFinder } from './file-finder.ts';
import { LineMatcher, type MatchState } from './line-matcher.ts';
import type { Problem } from './problem.ts';

/** Where a scan of a log continues. */
export interface ScanState {
  /** Where reading continues: no line is in progress there. */
  readonly cursor: number;
  /** Cursor behind the last byte that was read. */
  readonly read: number;
  readonly streams: Readonly<Partial<Record<Stream, StreamState>>>;
  /** The positions of the matchers whose round has begun and has not ended. */
  readonly active: readonly number[];
}

interface StreamState extends MatchState {
  /** Cursor behind the last line that was seen. It can be beyond the other one, while another stream is inside a line. */
  readonly seen: number;
}

/** Something that lines mean. `matcher` is the position of a matcher. Cursors are in bytes since the job began. */
export type ScanEvent =
  | { readonly type: 'problem'; readonly problem: Problem }
  /** A problem beyond the limit. */
  | { readonly type: 'more'; readonly matcher: number; readonly severity: Severity; readonly count: number }
  /** A round begins. `cursor` is behind the line that says so. `file`: it replaces the problems of this file only. */
  | { readonly type: 'begins'; readonly matcher: number; readonly cursor: number; readonly file?: string }
  | { readonly type: 'ends'; readonly matcher: number; readonly cursor: number };

export interface ScanRequest {
  /** The log folder. */
  readonly folder: string;
  readonly encoding?: string | undefined;
  /** Rows of the terminal of the job, if it has one. */
  readonly rows?: number | undefined;
  readonly matchers: readonly ProblemMatcher[];
  /** The folder of the job. */
  readonly cwd: string;
  /** Undefined for the first scan. */
  readonly state?: ScanState | undefined;
  /** The job writes no more, so the last line is complete. */
  readonly ended: boolean;
  /** How many problems to return. Others are counted. A round that begins makes room for `maxProblems` again. */
  readonly room: number;
  readonly maxProblems: number;
}

export interface ScanResult {
  readonly state: ScanState;
  readonly events: readonly ScanEvent[];
  /** The end of the log was not reached. */
  readonly more: boolean;
}

/** Bytes of output that one scan reads. */
const MAX_SCAN_BYTES = 4 * 1024 * 1024;
/** A line in progress that is longer ends there. */
const MAX_LINE_BYTES = 64 * 1024;
/** Characters of a line that are matched: no message of a compiler is longer. */
const MAX_LINE_LENGTH = 16 * 1024;

/** Returns the state before the first line. */
export function firstState(matchers: readonly ProblemMatcher[]): ScanState {
  const active = matchers.flatMap(({ background }, at) => (background?.activeOnStart === true ? [at] : []));
  return { cursor: 0, read: 0, streams: {}, active };
}

/**
 * Finds problems in the lines of a log, as a person would see them, from a state on.
 *
 * @param onPiece called for each piece, as a sign of progress
 */
export function scanProblems(request: ScanRequest, onPiece: () => void = () => undefined): ScanResult {
  const { matchers, state = firstState(matchers), ended } = request;
  const reader = new LogReader(request.folder, request.encoding, undefined, undefined, request.rows);
  const { start, end } = reader.range();
  const from = Math.max(start, state.cursor);
  const to = Math.min(end, from + MAX_SCAN_BYTES);
  const lines = new ScannedLines(request, state);
  const assembler = new ResumedStreams(reader, from).assembler();
  let cursor = from;
  for (const piece of reader.pieces(from, to)) {
    onPiece();
    const passed = piece.offset + piece.bytes.length;
    assembler.feed(piece, (line, isClean) => {
      lines.take(line);
      // Only here, continuing does not cut a line of the other stream.
      if (isClean) cursor = line.end;
    });
    if (passed - (assembler.openSince ?? passed) < MAX_LINE_BYTES || assembler.safe !== passed) continue;
    for (const line of assembler.unfinished()) {
      lines.take(line);
      assembler.cut(line.stream);
    }
    if (assembler.clean) cursor = passed;
  }
  const isAtEnd = to === end;
  if (isAtEnd && ended) {
    assembler.finish();
    for (const line of assembler.unfinished()) lines.take(line);
    cursor = end;
  }
  // A sequence that is never closed hides all that was read.
  if (!isAtEnd && cursor === from) cursor = to;
  return { state: lines.stateAt(cursor, to), events: lines.events, more: !isAtEnd };
}

class ScannedLines {
  readonly events: ScanEvent[] = [];
  readonly #request: ScanRequest;
  readonly #files: FileFinder;
  readonly #rounds: readonly (Record<'begins' | 'ends', RegExp> | undefined)[];
  readonly #matchers: Readonly<Record<Stream, LineMatcher>>;
  readonly #seen: Record<Stream, number>;
  readonly #active: Set<number>;
  #room: number;

  constructor(request: ScanRequest, { streams, active }: ScanState) {
    const { matchers, cwd, room } = request;
    this.#request = request;
    this.#files = new FileFinder(cwd);
    this.#rounds = matchers.map(
      ({ background }) =>
        background && {
          begins: new RegExp(background.begins.regexp),
          ends: new RegExp(background.ends.regexp),
        },
    );
    this.#matchers = Object.fromEntries(
      STREAMS.map((stream) => [stream, new LineMatcher(matchers, streams[stream])]),
    ) as Record<Stream, LineMatcher>;
    this.#seen = { stdout: streams.stdout?.seen ?? 0, stderr: streams.stderr?.seen ?? 0 };
    this.#active = new Set(active);
    this.#room = room;
  }

  stateAt(cursor: number, read: number): ScanState {
    const stateOf = (stream: Stream): StreamState => ({
      ...this.#matchers[stream].state,
      seen: this.#seen[stream],
    });
    const streams = { stdout: stateOf('stdout'), stderr: stateOf('stderr') };
    return { cursor, read, streams, active: [...this.#active] };
  }

  take({ stream, text, start, end }: Line): void {
    if (end <= this.#seen[stream]) return;
    this.#seen[stream] = end;
    const shown = text.slice(0, MAX_LINE_LENGTH);
    const isBegin = this.#changeRounds('begins', shown, end);
    if (isBegin || this.#changeRounds('ends', shown, end)) return;
    const found = this.#matchers[stream].next({ text: shown, start, end });
    if (found === undefined) return;
    const { matcher, severity } = found;
    if (this.#room <= 0) {
      this.#countMore(matcher, severity);
      return;
    }
    this.#room--;
    const { fileLocation } = this.#request.matchers[matcher]!;
    const problem = { ...found, file: this.#files.find(found.file, fileLocation) };
    this.events.push({ type: 'problem', problem });
  }

  /** @returns whether the line begins or ends a round */
  #changeRounds(type: 'begins' | 'ends', text: string, cursor: number): boolean {
    let isChanged = false;
    for (const [matcher, round] of this.#rounds.entries()) {
      if (round === undefined || this.#active.has(matcher) === (type === 'begins')) continue;
      const match = round[type].exec(text);
      if (match === null) continue;
      isChanged = true;
      if (type === 'ends') {
        this.#active.delete(matcher);
        this.events.push({ type, matcher, cursor });
      } else {
        this.#active.add(matcher);
        this.#room = this.#request.maxProblems;
        this.events.push({ type, matcher, cursor, ...this.#fileOf(matcher, match) });
      }
    }
    return isChanged;
  }

  /** The file that a line which begins a round names. */
  #fileOf(matcher: number, match: RegExpExecArray): { readonly file?: string } {
    const { background, fileLocation } = this.#request.matchers[matcher]!;
    const name = match[background?.begins.file ?? -1]?.trim();
    return name ? { file: this.#files.find(name, fileLocation) } : {};
  }

  #countMore(matcher: number, severity: Severity): void {
    const last = this.events.at(-1);
    const isSame = last?.type === 'more' && last.matcher === matcher && last.severity === severity;
    if (isSame) this.events[this.events.length - 1] = { ...last, count: last.count + 1 };
    else this.events.push({ type: 'more', matcher, severity, count: 1 });
  }
}
