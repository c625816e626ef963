import type { LinePattern, ProblemMatcher } from '../protocol/problem-matcher.ts';
import { severityNamed } from './matcher-parser.ts';
import { PATTERN_GROUPS } from './pattern-groups.ts';
import type { Problem } from './problem.ts';

/** A line of output. */
export interface OutputLine {
  readonly text: string;
  /** Cursors of its first byte and behind its last byte. */
  readonly start: number;
  readonly end: number;
}

/** A problem whose file is as the output names it. */
export type FoundProblem = Problem;

type Captures = { -readonly [Name in keyof LinePattern]?: string };

/** What earlier lines mean for the next one. It can be sent to another thread. */
export interface MatchState {
  /** The lines that may be the beginning of a problem in several lines. */
  readonly recent: readonly OutputLine[];
  /** A matcher whose last pattern matches again, and what its other patterns captured. */
  readonly loop?: { readonly matcher: number; readonly captures: Captures };
}

interface CompiledPattern {
  readonly pattern: LinePattern;
  readonly regexp: RegExp;
}

/**
 * Finds problems in lines, in the way VS Code does: of the matchers that match the last lines, the one with the most
 * lines wins. A line belongs to one problem only, unless the last pattern loops.
 *
 * `@rushstack/problem-matcher` is not used for this. It changes `$` in expressions, which breaks alternatives, keeps only the
 * last of several messages, and has neither `kind` nor the default severities and groups of VS Code.
 */
export class LineMatcher {
  readonly #matchers: readonly { readonly matcher: ProblemMatcher; readonly patterns: CompiledPattern[] }[];
  readonly #longest: number;
  #recent: readonly OutputLine[];
  #loop: MatchState['loop'];

  constructor(matchers: readonly ProblemMatcher[], state: MatchState = { recent: [] }) {
    this.#matchers = matchers.map((matcher) => ({
      matcher,
      patterns: matcher.patterns.map((pattern) => ({ pattern, regexp: new RegExp(pattern.regexp) })),
    }));
    this.#longest = Math.max(1, ...matchers.map(({ patterns }) => patterns.length));
    this.#recent = state.recent;
    this.#loop = state.loop;
  }

  get state(): MatchState {
    return { recent: this.#recent, ...(this.#loop && { loop: this.#loop }) };
  }

  next(line: OutputLine): FoundProblem | undefined {
    const again = this.#continueLoop(line);
    if (again !== undefined) return again;
    this.#recent = [...this.#recent, line].slice(-this.#longest);
    for (let from = 0; from < this.#recent.length; from++) {
      const lines = this.#recent.slice(from);
      const found = this.#tryAll(lines);
      if (found === undefined) continue;
      this.#recent = [];
      return found;
    }
    return undefined;
  }

  #continueLoop(line: OutputLine): FoundProblem | undefined {
    if (this.#loop === undefined) return undefined;
    const { matcher: at, captures } = this.#loop;
    const match = capture(this.#matchers[at]!.patterns.at(-1)!, line, captures);
    const problem = match && this.#problem(at, match, line.start);
    if (problem === undefined) {
      this.#loop = undefined;
      this.#recent = [];
    }
    return problem;
  }

  #tryAll(lines: readonly OutputLine[]): FoundProblem | undefined {
    for (const [at, { patterns, matcher }] of this.#matchers.entries()) {
      if (patterns.length !== lines.length) continue;
      let captures: Captures | undefined = {};
      let first: Captures = {};
      for (const [position, pattern] of patterns.entries()) {
        first = captures;
        captures = capture(pattern, lines[position]!, captures);
        if (captures === undefined) break;
      }
      const problem = captures && this.#problem(at, captures, lines[0]!.start);
      if (problem === undefined) continue;
      if (matcher.patterns.at(-1)?.loop === true) this.#loop = { matcher: at, captures: first };
      return problem;
    }
    return undefined;
  }

  #problem(at: number, captures: Captures, cursor: number): FoundProblem | undefined {
    const { matcher, patterns } = this.#matchers[at]!;
    const { file, message, code } = captures;
    const place = placeOf(captures, patterns);
    if (!file || !message || place === undefined) return undefined;
    return {
      matcher: at,
      file,
      ...place,
      severity: severityNamed(captures.severity) ?? matcher.severity ?? 'error',
      ...(code !== undefined && { code }),
      message,
      cursor,
    };
  }
}

/** Adds what a line captures. The first capture of each kind is kept, and messages are joined. */
function capture(
  { pattern, regexp }: CompiledPattern,
  line: OutputLine,
  earlier: Captures,
): Captures | undefined {
  const match = regexp.exec(line.text);
  if (match === null) return undefined;
  const captures: Captures = { ...earlier };
  for (const name of PATTERN_GROUPS) {
    const group = pattern[name];
    const text = group === undefined ? undefined : match[group]?.trim();
    if (text === undefined) continue;
    if (captures[name] === undefined) captures[name] = text;
    else if (name === 'message') captures.message = `${captures.message}\n${text}`;
  }
  return captures;
}

type Place = Pick<FoundProblem, 'line' | 'column' | 'endLine' | 'endColumn'>;

/** Returns undefined if there is none. */
function placeOf(captures: Captures, patterns: readonly CompiledPattern[]): Place | undefined {
  if (patterns[0]?.pattern.kind === 'file') return {};
  const { location, line, column, endLine, endColumn } = captures;
  if (location) {
    const numbers = location.split(',').map((text) => Number.parseInt(text, 10));
    if (numbers.some(Number.isNaN)) return undefined;
    return place(numbers.length > 3 ? numbers : numbers.slice(0, 2));
  }
  // Such as a message of MSBuild that names a file only.
  if (!line) return patterns.length === 1 ? {} : undefined;
  return place([line, column, endLine, endColumn].map((text) => Number.parseInt(text ?? '', 10)));
}

function place([line, column, endLine, endColumn]: readonly number[]): Place | undefined {
  const number = (value: number | undefined): number | undefined =>
    value === undefined || Number.isNaN(value) ? undefined : value;
  if (number(line) === undefined) return undefined;
  const parts = { line, column: number(column), endLine: number(endLine), endColumn: number(endColumn) };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}
