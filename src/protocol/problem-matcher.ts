export type Severity = 'error' | 'warning' | 'info';

/** How the files that a matcher finds are turned into paths. */
export type FileLocation =
  | { readonly kind: 'absolute' }
  /** `autoDetect`: relative to the prefix if that exists, otherwise absolute. */
  | { readonly kind: 'relative' | 'autoDetect'; readonly prefix: string }
  /** The first file below one of the folders whose path ends with the name. */
  | { readonly kind: 'search'; readonly include: readonly string[]; readonly exclude: readonly string[] };

/** What the groups of a regular expression are. 0 is the whole match. */
interface PatternGroups {
  readonly file?: number;
  /** `line`, `line,column` or `line,column,endLine,endColumn`. */
  readonly location?: number;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly severity?: number;
  readonly code?: number;
  readonly message?: number;
}

/** The pattern of one line. */
export interface LinePattern extends PatternGroups {
  readonly regexp: string;
  /** The problem concerns a whole file. Only in the first pattern. */
  readonly kind?: 'file' | 'location';
  /** The pattern matches again as long as lines match. Only in the last pattern. */
  readonly loop?: boolean;
}

/** A line that begins or ends a round of a watcher. */
export interface RoundPattern {
  readonly regexp: string;
  /** The group that names the only file whose problems a round replaces. Only of a line that begins one. */
  readonly file?: number;
}

/** The lines between which a watcher compiles or checks. */
export interface RoundPatterns {
  /** The first round begins when the job starts. */
  readonly activeOnStart: boolean;
  readonly begins: RoundPattern;
  readonly ends: RoundPattern;
}

/**
 * A problem matcher as VS Code defines it, complete: without references to other definitions, and without variables. It
 * is part of the record of a job, so the extension that contributed it may be gone.
 */
export interface ProblemMatcher {
  /** Its name, with `$`. Inline matchers have none. */
  readonly name?: string;
  /** A round of one owner replaces the problems of the previous one. */
  readonly owner: string;
  /** A human-readable name of the program, such as `ts`. */
  readonly source?: string;
  readonly applyTo: 'allDocuments' | 'openDocuments' | 'closedDocuments';
  readonly fileLocation: FileLocation;
  /** For problems whose pattern has no severity. */
  readonly severity?: Severity;
  /** Each matches the line behind that of the previous one. */
  readonly patterns: readonly LinePattern[];
  readonly background?: RoundPatterns;
}
