import type { JobManager } from '../../jobs/manager.ts';
import type { WatchChoice } from '../../jobs/watch/watch-choices.ts';
import { isFinished } from '../../protocol/job-record.ts';
import type { ManagerSource } from '../manager-source.ts';
import type { Memory } from '../memory.ts';

const KEY = 'watchedJobs';

/** Keeps which jobs the user watches, or watches no more, when the window reloads. */
export function keepWatches(jobs: ManagerSource, memory: Memory): void {
  jobs.onCreated((manager) => {
    // Without jobs there is nothing to restore, and the next change stores the rest.
    void restore(manager, memory.get(KEY)).catch(() => undefined);
    manager.watches.on('changed', () => {
      void memory.update(KEY, Object.fromEntries(manager.watches.changes()));
    });
  });
}

function isList(choice: readonly string[] | WatchChoice): choice is readonly string[] {
  return Array.isArray(choice);
}

async function restore(manager: JobManager, stored: unknown): Promise<void> {
  if (typeof stored !== 'object' || stored === null) return;
  await manager.jobs.ready();
  const kept = Object.entries(stored as Readonly<Record<string, readonly string[] | WatchChoice>>);
  for (const [id, choice] of kept) {
    const job = manager.jobs.find(id);
    if (job === undefined || isFinished(job)) continue;
    // An earlier build kept a list of all events.
    if (isList(choice)) manager.watches.watch(id, choice);
    else manager.watches.restore(id, choice);
  }
}
