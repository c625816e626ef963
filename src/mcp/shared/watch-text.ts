import { quote } from '../../base/quoted-text.ts';
import type { WatchEvent } from '../../jobs/watch/watch-events.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { howItEnded } from './job-end.ts';

const MAX_LINE_LENGTH = 100;

/** Returns what happened to a watched job, as the predicate of a sentence. */
export function watchText(job: JobRecord, { on, line = '', count }: WatchEvent): string {
  switch (on) {
    case 'ready':
      return 'is ready';
    case 'exit':
      return howItEnded(job);
    case 'input':
      return 'waits for input';
    case 'match': {
      const others = count === 1 ? '' : ` (${count} such lines)`;
      return `printed ${quote(line.trim(), MAX_LINE_LENGTH)}${others}`;
    }
  }
}
