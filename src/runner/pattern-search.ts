import { WorkerPool } from '../base/worker-pool.ts';

/** A search as the search worker (`src/log/search`) takes it. */
interface SearchTask extends PatternRequest {
  readonly context: number;
  readonly maxMatches: number;
  readonly maxMs: number;
}

/** What is needed of its result. */
interface SearchResult {
  readonly matches: readonly { readonly end: number }[];
  readonly next: number;
  readonly more: boolean;
}

interface PatternRequest {
  /** The log folder. */
  readonly folder: string;
  readonly encoding: string | undefined;
  readonly cursor: number;
  readonly pattern: string;
}

interface Found {
  /** The cursor behind the first line that matches. */
  readonly match: number | undefined;
  /** The cursor from which to continue if none matches. */
  readonly next: number;
  /** The end of the log was not reached. */
  readonly more: boolean;
}

/** How long one search may take, in ms. In between, what was searched can be dropped from a log that is full. */
const MAX_SEARCH_MS = 100;

/**
 * Searches logs for the patterns of jobs, in worker threads, since a pattern may take forever. The threads end when no job
 * has a pattern to wait for: a fork copies the memory of the runner.
 */
export class PatternSearch {
  /** By script: each version of the extension brings its own. */
  readonly #pools = new Map<string, WorkerPool<SearchTask, SearchResult>>();
  #users = 0;

  /** Call it before the first search. Each call needs a release(). */
  retain(): void {
    this.#users++;
  }

  release(): void {
    if (--this.#users > 0) return;
    for (const pool of this.#pools.values()) void pool.dispose();
    this.#pools.clear();
  }

  /** @throws WorkerError if the pattern takes too long, or the search cannot run or is cancelled */
  async find(script: string, request: PatternRequest, signal: AbortSignal): Promise<Found> {
    const pool = this.#pools.get(script) ?? createPool(script);
    this.#pools.set(script, pool);
    const task = { ...request, context: 0, maxMatches: 1, maxMs: MAX_SEARCH_MS };
    const { matches, next, more } = await pool.run(task, signal);
    return { match: matches[0]?.end, next, more };
  }
}

function createPool(script: string): WorkerPool<SearchTask, SearchResult> {
  return new WorkerPool(script, {
    cancelled: 'The search was cancelled.',
    stopped: 'The search was stopped.',
    stuck: ({ pattern }) =>
      `The pattern /${pattern}/ takes too long on this output. Use one with fewer or smaller repetitions.`,
  });
}
