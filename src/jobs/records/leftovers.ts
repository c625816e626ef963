import { allDone } from '../../base/all-done.ts';
import { JobError } from '../../base/job-error.ts';
import { isElsewhere, type ProcessInfo } from '../../processes/process-table.ts';
import { isInSession, jobTrees, type TreeRoot } from '../../processes/process-tree.ts';
import { systemProcessTable } from '../../processes/system-process-table.ts';
import { inspectTree, nameProcesses } from '../../processes/tree-inspection.ts';
import { killTree } from '../../processes/tree-kill.ts';
import { graceOf, type JobRecord } from '../../protocol/job-record.ts';
import type { InspectResult, KillResult } from '../../protocol/messages.ts';
import type { JobTable } from './job-table.ts';

/**
 * The processes that finished jobs left behind. A runner knows those of its own jobs. Here they are found after the
 * end of the runner, too.
 */
export class Leftovers {
  readonly #table: JobTable;
  readonly #processes = systemProcessTable();
  #refreshing: Promise<void> | undefined;

  constructor(table: JobTable) {
    this.#table = table;
  }

  /** Updates `leftBehind` of all jobs in the table. It reads nothing if no job left a process behind. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh()
      // The processes cannot be listed right now: the numbers stay as they are.
      .catch(() => undefined)
      .finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /**
   * Ends the processes that are still in the session of a finished job whose runner is gone. They end with the runner,
   * and it was killed before it could do that.
   *
   * @param alive ids of the living runners
   */
  async endOrphans(alive: ReadonlySet<string>): Promise<void> {
    const trees = await this.#findTrees();
    const orphans = [...trees].filter(([job, members]) => {
      return !alive.has(job.runner) && members.some((each) => isInSession(each, rootOf(job)));
    });
    await allDone(
      orphans.map(([job]) => {
        const options = { signal: 'SIGTERM', graceMs: graceOf(job), exited: Promise.resolve() } as const;
        return killTree(this.#processes, rootOf(job), { ...options, onlySession: true });
      }),
    );
    if (orphans.length > 0) await this.refresh();
  }

  /** Ends what a finished job left behind. @throws JobError if it ran on another machine */
  async kill(job: JobRecord, signal: NodeJS.Signals, graceMs: number): Promise<KillResult> {
    if (!(await this.#mayHave(job))) return { job, ended: 0, survivors: [] };
    const options = { signal, graceMs, exited: Promise.resolve() };
    const { found, survivors } = await killTree(this.#processes, rootOf(job), options);
    this.#put(job.id, survivors.length);
    return {
      job: this.#table.find(job.id) ?? job,
      ended: found - survivors.length,
      survivors: await nameProcesses(this.#processes, survivors),
    };
  }

  /** Returns the processes that a finished job left behind. @throws JobError if it ran on another machine */
  async inspect(job: JobRecord): Promise<InspectResult> {
    if (!(await this.#mayHave(job))) return { processes: [], ports: [] };
    return inspectTree(this.#processes, rootOf(job));
  }

  /** Returns the jobs whose processes can be seen from here. */
  async onThisMachine(jobs: readonly JobRecord[]): Promise<JobRecord[]> {
    if (jobs.length === 0) return [];
    const own = await this.#processes.bootId();
    return jobs.filter(({ bootId }) => !isElsewhere(bootId, own));
  }

  async #refresh(): Promise<void> {
    for (const [{ id }, members] of await this.#findTrees()) this.#put(id, members.length);
  }

  /** Finds the processes of all jobs that may have left some behind, except for those of other machines. */
  async #findTrees(): Promise<ReadonlyMap<JobRecord, readonly ProcessInfo[]>> {
    const jobs = await this.onThisMachine(this.#table.withLeftovers());
    if (jobs.length === 0) return new Map();
    const bootId = await this.#processes.bootId();
    // No process survives a restart of the system.
    const ofThisBoot = jobs.filter((job) => job.bootId === bootId);
    const trees = await jobTrees(this.#processes, ofThisBoot.map(rootOf));
    return new Map(jobs.map((job) => [job, trees.get(job.id) ?? []]));
  }

  async #mayHave({ leftBehind, bootId }: JobRecord): Promise<boolean> {
    if (leftBehind === 0) return false;
    const own = await this.#processes.bootId();
    if (isElsewhere(bootId, own)) {
      throw new JobError('The job ran on another machine. Look for its processes there.');
    }
    return bootId === own;
  }

  #put(id: string, leftBehind: number): void {
    const job = this.#table.find(id);
    if (job !== undefined) this.#table.put({ ...job, leftBehind });
  }
}

function rootOf({ id, pid, pidStarted = '' }: JobRecord): TreeRoot {
  return { id, pid, started: pidStarted };
}
