import type { InheritedTags, ProcessInfo, ProcessTable } from './process-table.ts';

/** How long a list is shared after it was read. */
const MAX_AGE_MS = 50;

/** The part of a process table with which the processes of a job are found. */
export type ProcessLister = Pick<ProcessTable, 'list' | 'readTags'>;

interface Shared {
  /** When the last part was read, by the monotonic clock in ms. */
  readAt: number;
  readonly list: Promise<ProcessInfo[]>;
  tags?: Promise<ReadonlyMap<number, InheritedTags>>;
}

/**
 * Lets looks at several jobs share one list of all processes, if they come at the same time: each reply to an agent looks
 * at its other running jobs. To read the list is most of a look.
 */
export function shareList(table: ProcessLister): ProcessLister {
  let shared: Shared | undefined;
  const current = (): Shared => {
    if (shared === undefined || performance.now() - shared.readAt > MAX_AGE_MS)
      shared = { list: table.list(), readAt: performance.now() };
    return shared;
  };
  return {
    list: () => current().list,
    async readTags(processes) {
      const of = shared;
      if (of === undefined || (await of.list) !== processes) return table.readTags(processes);
      of.tags ??= table.readTags(processes).finally(() => (of.readAt = performance.now()));
      return of.tags;
    },
  };
}
