import type { JobManager } from '../../jobs/manager.ts';
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
      const { watches } = manager;
      const active = watches.changed().filter((job) => !isFinished(job));
      void memory.update(KEY, Object.fromEntries(active.map((job) => [job.id, watches.eventsOf(job)])));
    });
  });
}

async function restore(manager: JobManager, stored: unknown): Promise<void> {
  if (typeof stored !== 'object' || stored === null) return;
  await manager.jobs.ready();
  for (const [id, events] of Object.entries(stored)) {
    const job = manager.jobs.find(id);
    if (job !== undefined && !isFinished(job)) manager.watches.watch(id, events as readonly string[]);
  }
}
