import { clipMiddle } from '../../base/quoted-text.ts';
import { WorkerPool } from '../../base/worker-pool.ts';
import type { SearchRequest, SearchResult } from './log-search.ts';

/** Characters of a pattern that an error shows. */
const MAX_SHOWN = 100;

/** Runs searches in worker threads. */
export class SearchPool extends WorkerPool<SearchRequest, SearchResult> {
  /** @param script path of the bundled `search-worker.ts` */
  constructor(script: string) {
    super(script, {
      cancelled: 'The search was cancelled.',
      stopped: 'The search was stopped.',
      stuck: ({ pattern }) =>
        `The pattern /${clipMiddle(pattern, MAX_SHOWN)}/ takes too long on this output. Use one with fewer or smaller repetitions.`,
    });
  }
}
