import type { ProblemMatcher } from '../protocol/problem-matcher.ts';
import { NO_PROBLEMS, type Problem, type ProblemCounts } from './problem.ts';
import { firstState, type ScanEvent } from './problem-scan.ts';

/** Problems of a job that are kept, the first ones. VS Code shows as many of one file. */
export const MAX_PROBLEMS = 1000;

/** What a job reported: a watcher since its round began, any other job since it started. */
export interface ProblemReport {
  /** Of all of them. */
  readonly counts: ProblemCounts;
  /** The first ones, at most `MAX_PROBLEMS`, in the order of the output. */
  readonly problems: readonly Problem[];
  /** A round of a watcher has begun and has not ended. */
  readonly isBusy: boolean;
  /** How many rounds have ended. */
  readonly rounds: number;
  /** Cursor behind the line that ended the last round. */
  readonly roundEnd?: number;
  /** Why no more problems are found, in whole sentences. */
  readonly error?: string;
}

/** Of a matcher, the problems that are kept and the number of the others. */
interface Found {
  readonly kept: Problem[];
  readonly keys: Set<string>;
  readonly more: Record<keyof ProblemCounts, number>;
}

/** Collects the problems of a job. Problems that say the same of the same place count once. */
export class ProblemCollector {
  readonly #matchers: readonly ProblemMatcher[];
  #found: Found[];
  readonly #active: Set<number>;
  #rounds = 0;
  #roundEnd: number | undefined;

  constructor(matchers: readonly ProblemMatcher[]) {
    this.#matchers = matchers;
    this.#found = matchers.map(nothingFound);
    this.#active = new Set(firstState(matchers).active);
  }

  /** How many problems can still be kept. */
  get room(): number {
    return MAX_PROBLEMS - this.#found.reduce((sum, { kept }) => sum + kept.length, 0);
  }

  get report(): ProblemReport {
    const problems = this.#found.flatMap(({ kept }) => kept).sort((a, b) => a.cursor - b.cursor);
    const counts = { ...NO_PROBLEMS };
    for (const { severity } of problems) counts[severity]++;
    for (const { more } of this.#found) {
      for (const severity of Object.keys(more) as (keyof ProblemCounts)[]) counts[severity] += more[severity];
    }
    return {
      counts,
      problems,
      isBusy: this.#active.size > 0,
      rounds: this.#rounds,
      ...(this.#roundEnd !== undefined && { roundEnd: this.#roundEnd }),
    };
  }

  apply(events: readonly ScanEvent[]): void {
    for (const event of events) this.#apply(event);
  }

  #apply(event: ScanEvent): void {
    switch (event.type) {
      case 'begins':
        this.#active.add(event.matcher);
        this.#forget(this.#matchers[event.matcher]!.owner, event.file);
        return;
      case 'ends':
        this.#active.delete(event.matcher);
        if (this.#active.size > 0) return;
        this.#rounds++;
        this.#roundEnd = event.cursor;
        return;
      case 'more':
        this.#found[event.matcher]!.more[event.severity] += event.count;
        return;
      case 'problem': {
        const { problem } = event;
        const { kept, keys, more } = this.#found[problem.matcher]!;
        const key = keyOf(problem);
        if (keys.has(key)) return;
        if (this.room <= 0) more[problem.severity]++;
        else {
          keys.add(key);
          kept.push(problem);
        }
      }
    }
  }

  /**
   * A round replaces the problems of the previous one, also those that other matchers of the owner found.
   *
   * @param file the only file whose problems it replaces. Those that are not kept stay counted.
   */
  #forget(owner: string, file?: string): void {
    this.#found = this.#found.map((found, at) => {
      if (this.#matchers[at]!.owner !== owner) return found;
      return file === undefined ? nothingFound() : withoutFile(found, file);
    });
  }
}

/** Returns what two problems that say the same of the same place have in common. */
function keyOf({ matcher: _, cursor: __, ...said }: Problem): string {
  return JSON.stringify(said);
}

function withoutFile({ kept, more }: Found, file: string): Found {
  const others = kept.filter((problem) => problem.file !== file);
  return { kept: others, keys: new Set(others.map(keyOf)), more };
}

function nothingFound(): Found {
  return { kept: [], keys: new Set(), more: { ...NO_PROBLEMS } };
}
