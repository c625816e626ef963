import type { ReadyCondition } from '../protocol/job-record.ts';
import type { PatternSearch } from './pattern-search.ts';
import type { Readiness, ReadinessListener } from './readiness.ts';

/** Searches take at most this share of the time while a job prints without a pause. */
const MAX_SEARCH_SHARE = 0.25;
/** How often a search is tried again that could open no file. */
const MAX_RETRIES = 3;
/** The error of a search in a thread has only a message. */
const NO_DESCRIPTOR = /\bE[MN]FILE\b/;

interface PatternReadinessOptions {
  readonly condition: Extract<ReadyCondition, { until: 'pattern' }>;
  /** The log folder. */
  readonly folder: string;
  readonly encoding: string | undefined;
  /** Path of the search worker. */
  readonly script: string;
  readonly search: PatternSearch;
}

export interface PatternListener extends ReadinessListener {
  /** Returns the cursor behind the last byte of output. */
  readonly outputEnd: () => number;
  /** Called after each search, with the cursor where the next one begins and the one behind what was searched. */
  readonly onSearched: (next: number, end: number) => void;
  /** Called when there are no more searches. */
  readonly onDone: () => void;
}

/** Watches whether a job has printed a line that matches a pattern, and then whether it has printed one that revokes that. */
export class PatternReadiness implements Readiness {
  readonly #options: PatternReadinessOptions;
  readonly #listener: PatternListener;
  readonly #stopped = new AbortController();
  #searching: Promise<void> = Promise.resolve();
  #isSearching = false;
  #hasGrown = false;
  #isAwaited = false;
  #timer: NodeJS.Timeout | undefined;
  #cursor = 0;
  #isReady = false;

  constructor(options: PatternReadinessOptions, listener: PatternListener) {
    this.#options = options;
    this.#listener = listener;
    options.search.retain();
  }

  check(): Promise<void> {
    this.#searching = this.#searching.then(() => this.#run());
    return this.#searching;
  }

  grew(isAwaited: boolean): void {
    this.#hasGrown = true;
    this.#isAwaited = isAwaited;
    if (isAwaited) this.#endPause();
    if (!this.#isSearching && this.#timer === undefined) void this.check();
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#endPause();
    this.#stopped.abort();
    this.#options.search.release();
  }

  async #run(): Promise<void> {
    if (this.#isStopped) return;
    const begin = performance.now();
    this.#isSearching = true;
    this.#hasGrown = false;
    this.#isAwaited = false;
    await this.#search();
    this.#isSearching = false;
    this.#pause(performance.now() - begin);
  }

  /** A start of a job lowers the limit of open files of the whole runner for a moment, see `OwnLimits`. */
  async #search(): Promise<void> {
    for (let retries = 0; ; retries++) {
      try {
        while (await this.#advance());
        return;
      } catch (error) {
        const isRetried =
          retries < MAX_RETRIES && error instanceof Error && NO_DESCRIPTOR.test(error.message);
        if (isRetried && !this.#isStopped) continue;
        this.#fail(error);
        return;
      }
    }
  }

  /** Leaves the next search to a later time, since output may come all the time. If the job waits, it follows at once. */
  #pause(searchMs: number): void {
    if (this.#isStopped || this.#timer !== undefined) return;
    const pauseMs = this.#isAwaited ? 0 : searchMs * (1 / MAX_SEARCH_SHARE - 1);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#hasGrown) void this.check();
    }, pauseMs);
  }

  #endPause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Searches for the next line that makes a difference. @returns whether there may be more */
  async #advance(): Promise<boolean> {
    const { condition, folder, encoding, script, search } = this.#options;
    const pattern = this.#isReady ? condition.busy : condition.pattern;
    if (pattern === undefined) return false;
    const request = { folder, encoding, cursor: this.#cursor, pattern };
    const end = this.#listener.outputEnd();
    const { match, next, more } = await search.find(script, request, this.#stopped.signal);
    this.#cursor = match ?? next;
    if (this.#isStopped) return false;
    const isWhole = match === undefined && !more;
    this.#listener.onSearched(this.#cursor, isWhole ? end : this.#cursor);
    if (match === undefined) return more;
    this.#isReady = !this.#isReady;
    this.#listener.onReady(this.#isReady);
    // A job that is ready for good needs no more searches.
    if (this.#isReady && condition.busy === undefined) this.#end();
    return !this.#isStopped;
  }

  #end(): void {
    this.stop();
    this.#listener.onDone();
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return;
    this.#end();
    this.#listener.onError(
      `It cannot be found out when the job is ready: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
