import type { ProcessInfo } from '../../processes/process-table.ts';
import { JobObject } from '../../processes/windows/job-object.ts';
import { infosOf } from '../../processes/windows/table.ts';
import type { JobContainer } from '../job-container.ts';
import { interruptConsoles } from './console-interrupt.ts';

/** The Job Object of a job. All processes of the job are in it from their birth, and none can leave it. */
export class WindowsJob implements JobContainer {
  readonly object = new JobObject();

  async find(): Promise<ProcessInfo[]> {
    return this.#members();
  }

  async interrupt(): Promise<boolean> {
    return interruptConsoles(this.#members().map(({ pid }) => pid));
  }

  /** Windows has no other signal that a program can handle. SIGKILL is left to `kill()`. */
  async signal(_processes: readonly ProcessInfo[], signal: NodeJS.Signals): Promise<boolean> {
    return signal !== 'SIGKILL' && (await this.interrupt());
  }

  async kill(look: () => Promise<ProcessInfo[]>): Promise<ProcessInfo[]> {
    this.object.terminate();
    return look();
  }

  close(): void {
    this.object.close();
  }

  #members(): ProcessInfo[] {
    const pids = this.object.pids();
    return pids.length === 0 ? [] : infosOf(pids);
  }
}
