import type { InputReader } from '../processes/input-file.ts';
import type { ProcessInfo, ProcessTable } from '../processes/process-table.ts';
import { isInSession, jobTree, type TreeRoot } from '../processes/process-tree.ts';
import { type ProcessLister, shareList } from '../processes/shared-list.ts';
import { killTarget } from '../processes/target-kill.ts';
import {
  inspectProcesses,
  inspectTree,
  type NamedProcess,
  nameProcesses,
} from '../processes/tree-inspection.ts';
import { killTree, type KillTreeOptions } from '../processes/tree-kill.ts';
import type { InspectResult } from '../protocol/messages.ts';
import type { SpawnedJob } from './spawned-job.ts';

/** The processes of one job: its shell and all that came from it. */
export class JobProcesses {
  /** Start of the shell, in the form of `ProcessInfo.started`. Empty if unknown: then only its cookie and mark tell. */
  readonly started: string;
  readonly #table: ProcessTable;
  readonly #id: string;
  readonly #process: SpawnedJob;
  readonly #startedMonotonic: number;

  /**
   * @param id of the job
   * @param startedMonotonic time before the start, in ms of the monotonic clock
   */
  static async of(
    table: ProcessTable,
    id: string,
    process: SpawnedJob,
    startedMonotonic: number,
  ): Promise<JobProcesses> {
    const started = process.started ?? (await startOf(table, process.pid));
    return new JobProcesses(table, id, process, started, startedMonotonic);
  }

  private constructor(
    table: ProcessTable,
    id: string,
    process: SpawnedJob,
    started: string,
    startedMonotonic: number,
  ) {
    this.#table = table;
    this.#id = id;
    this.#process = process;
    this.started = started;
    this.#startedMonotonic = startedMonotonic;
  }

  /** @throws the error of the process table */
  async list(): Promise<ProcessInfo[]> {
    const { container } = this.#process;
    if (container !== undefined) return container.find();
    return jobTree(this.#table, { ...this.#root, ageMs: performance.now() - this.#startedMonotonic });
  }

  async inspect(): Promise<InspectResult> {
    const { container } = this.#process;
    return container === undefined
      ? inspectTree(this.#table, this.#root)
      : inspectProcesses(this.#table, await container.find());
  }

  /** Ends all of them. See `killTree()`. */
  kill(options: Omit<KillTreeOptions, 'exited' | 'hangsUp'>): ReturnType<typeof killTree> {
    const { exited, terminal, container } = this.#process;
    if (container !== undefined) return killTarget(container, { ...options, exited });
    return killTree(this.#table, this.#root, { ...options, exited, hangsUp: terminal !== undefined });
  }

  /** Finds out how they wait for the input of the job. */
  async inputReader(): Promise<InputReader> {
    const { file } = this.#process.input;
    if (file === undefined) return 'unknown';
    const processes =
      this.#process.container === undefined
        ? await jobTree(sharedBy(this.#table), this.#root)
        : await this.list();
    return (await this.#table.inputReader?.(processes, file)) ?? 'unknown';
  }

  /** Returns true if one of the processes is in the session of the job. */
  hasSession(processes: readonly ProcessInfo[]): boolean {
    return processes.some((each) => isInSession(each, this.#root));
  }

  /** Adds the command lines of processes that could not be ended. */
  name(processes: readonly ProcessInfo[]): Promise<NamedProcess[]> {
    return nameProcesses(this.#table, processes);
  }

  get #root(): TreeRoot & { readonly pid: number } {
    return { id: this.#id, pid: this.#process.pid, started: this.started };
  }
}

const SHARED = new WeakMap<ProcessTable, ProcessLister>();

function sharedBy(table: ProcessTable): ProcessLister {
  const known = SHARED.get(table) ?? shareList(table);
  SHARED.set(table, known);
  return known;
}

async function startOf(table: ProcessTable, pid: number): Promise<string> {
  try {
    return (await table.find(pid))?.started ?? '';
  } catch (error) {
    console.error(error);
    return '';
  }
}
