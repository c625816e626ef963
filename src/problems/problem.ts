import type { Severity } from '../protocol/problem-matcher.ts';

/** A problem that a job reported. Lines and columns count from 1. */
export interface Problem {
  /** Absolute path. */
  readonly file: string;
  /** Without it, the problem concerns the whole file. */
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly severity: Severity;
  readonly code?: string;
  readonly message: string;
  /** The position of its matcher in the list of the job. */
  readonly matcher: number;
  /** Cursor of the first line of output that belongs to it. */
  readonly cursor: number;
}

/** How many problems there are. */
export type ProblemCounts = Readonly<Record<Severity, number>>;

export const NO_PROBLEMS: ProblemCounts = { error: 0, warning: 0, info: 0 };
