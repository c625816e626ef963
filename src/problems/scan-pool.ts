import { WorkerPool } from '../base/worker-pool.ts';
import type { ScanRequest, ScanResult } from './problem-scan.ts';

/** Looks for problems in worker threads. */
export class ScanPool extends WorkerPool<ScanRequest, ScanResult> {
  /** @param script path of the bundled `scan-worker.ts` */
  constructor(script: string) {
    super(script, {
      cancelled: 'The look for problems was cancelled.',
      stopped: 'The look for problems was stopped.',
      stuck: ({ matchers, state }) => {
        const names = new Set(matchers.map(({ name = 'an inline matcher' }) => name));
        return (
          `A problem matcher takes too long on the output from cursor ${state?.cursor ?? 0} on ` +
          `(${[...names].join(', ')}). Start the job with another one.`
        );
      },
    });
  }
}
