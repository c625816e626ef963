import { JobError } from '../../base/job-error.ts';
import type { KnownModes, Screen } from '../../log/screen/screen-replay.ts';
import { type TerminalSize, terminalSizeOf } from '../../protocol/job-record.ts';
import type { JobTable } from '../records/job-table.ts';
import type { JobLogs } from './job-logs.ts';

interface JobScreensOptions {
  readonly jobs: JobTable;
  readonly logs: JobLogs;
}

/** Draws the screens of terminals. */
export class JobScreens {
  readonly #options: JobScreensOptions;
  /** What earlier drawings found out, by job. */
  readonly #modes = new Map<string, KnownModes>();

  constructor(options: JobScreensOptions) {
    this.#options = options;
    options.jobs.on('removed', ({ id }) => this.#modes.delete(id));
  }

  /**
   * Draws the screen of a job's terminal.
   *
   * @param viewSize the size that the drawn screen gets; by default that of the job's terminal
   * @throws JobError if the job has no terminal
   */
  async draw(reference: string, viewSize?: TerminalSize): Promise<Screen> {
    const job = this.#options.jobs.get(reference);
    const size = terminalSizeOf(job);
    if (size === undefined) {
      throw new JobError(
        'The job has no terminal, and so no screen. Read its output as text, or start it again with tty=true.',
      );
    }
    const { replayScreen } = await import('../../log/screen/screen-replay.ts');
    const screen = await replayScreen(this.#options.logs.reader(job.id), {
      size,
      viewSize,
      known: this.#modes.get(job.id),
    });
    if (this.#options.jobs.find(job.id) !== undefined) this.#modes.set(job.id, screen.known);
    return screen;
  }
}
