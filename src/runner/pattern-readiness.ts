import type { ReadyCondition } from '../protocol/job-record.ts';
import type { PatternSearch } from './pattern-search.ts';
import type { Readiness, ReadinessListener } from './readiness.ts';

/** Searches take at most this share of the time while a job prints without a pause. */
const MAX_SEARCH_SHARE = 0.25;

interface PatternReadinessOptions {
  readonly condition: Extract<ReadyCondition, { until: 'pattern' }>;
  /** The log folder. */
  readonly folder: string;
  readonly encoding: string | undefined;
  /** Path of the search worker. */
  readonly script: string;
  readonly search: PatternSearch;
}

/** Watches whether a job has printed a line that matches a pattern, and then whether it has printed one that revokes that. */
export class PatternReadiness implements Readiness {
  readonly #options: PatternReadinessOptions;
  readonly #listener: ReadinessListener;
  readonly #stopped = new AbortController();
  #searching: Promise<void> = Promise.resolve();
  #isSearching = false;
  #hasGrown = false;
  #timer: NodeJS.Timeout | undefined;
  #cursor = 0;
  #isReady = false;

  constructor(options: PatternReadinessOptions, listener: ReadinessListener) {
    this.#options = options;
    this.#listener = listener;
    options.search.retain();
  }

  check(): Promise<void> {
    this.#searching = this.#searching.then(() => this.#run());
    return this.#searching;
  }

  grew(): void {
    this.#hasGrown = true;
    if (!this.#isSearching && this.#timer === undefined) void this.check();
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  stop(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#stopped.abort();
    this.#options.search.release();
  }

  async #run(): Promise<void> {
    if (this.#isStopped) return;
    const begin = performance.now();
    this.#isSearching = true;
    this.#hasGrown = false;
    try {
      while (await this.#advance());
    } catch (error) {
      this.#fail(error);
    }
    this.#isSearching = false;
    this.#pause((performance.now() - begin) * (1 / MAX_SEARCH_SHARE - 1));
  }

  /** Leaves the next search to a later time, since output may come all the time. */
  #pause(pauseMs: number): void {
    if (this.#isStopped || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#hasGrown) void this.check();
    }, pauseMs);
  }

  /** Searches for the next line that makes a difference. @returns whether there may be more */
  async #advance(): Promise<boolean> {
    const { condition, folder, encoding, script, search } = this.#options;
    const pattern = this.#isReady ? condition.busy : condition.pattern;
    if (pattern === undefined) return false;
    const request = { folder, encoding, cursor: this.#cursor, pattern };
    const { match, next } = await search.find(script, request, this.#stopped.signal);
    this.#cursor = match ?? next;
    if (match === undefined || this.#isStopped) return false;
    this.#isReady = !this.#isReady;
    this.#listener.onReady(this.#isReady);
    // A job that is ready for good needs no more searches.
    if (this.#isReady && condition.busy === undefined) this.stop();
    return !this.#isStopped;
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return;
    this.stop();
    this.#listener.onError(
      `It cannot be found out when the job is ready: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
