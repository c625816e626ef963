import { describeFailure } from '../protocol/dependencies.ts';
import {
  type EndedBy,
  isFinished,
  type JobRecord,
  type JobSpec,
  type JobState,
  terminalSizeOf,
} from '../protocol/job-record.ts';
import type { JobContext } from './job-context.ts';

/** What is known of a job, also while it has no process. Each change is reported. */
export class RecordedJob {
  protected spec: JobSpec;
  protected state: JobState;
  protected readonly context: JobContext;
  /** In ms since the Unix epoch. */
  protected readonly requestedAt = Date.now();

  constructor(spec: JobSpec, context: JobContext) {
    this.spec = spec;
    this.context = context;
    this.state = { status: 'queued', startedAt: this.requestedAt, bootId: context.bootId };
  }

  get record(): JobRecord {
    return { ...this.spec, ...this.state, runner: this.context.runner };
  }

  get isRunning(): boolean {
    return this.state.status === 'running';
  }

  get isQueued(): boolean {
    return this.state.status === 'queued';
  }

  /** The job is queued or running. */
  get isActive(): boolean {
    return !isFinished(this.state);
  }

  /** The queued job waits for another job in place of one in its `after`. */
  replaceDependency(id: string, successor: string): void {
    const { after = [] } = this.spec;
    if (!after.includes(id)) return;
    this.spec = { ...this.spec, after: after.map((each) => (each === id ? successor : each)) };
    this.context.onChanged(this.record);
  }

  /** Ends the queued job because a job in its `after` will never be ready. @param first see `describeFailure()` */
  failBecauseOf(dependency: JobRecord, first: JobRecord): void {
    const error = `It was not started, because ${describeFailure(dependency, first)}`;
    this.finishUnstarted({ status: 'failed', endedBy: 'itself', error, failedDependency: dependency.id });
  }

  /** Ends the queued job because it is no longer wanted. */
  cancel(by: EndedBy): void {
    this.finishUnstarted({ status: 'killed', endedBy: by });
  }

  /** Returns the specification, with the size that a view gave to the terminal of the queued job. */
  protected get sized(): JobSpec {
    const size = terminalSizeOf(this.record);
    return size === undefined ? this.spec : { ...this.spec, terminal: size };
  }

  rename(name: string | undefined): void {
    const { name: _, ...rest } = this.spec;
    this.spec = name === undefined ? rest : { ...rest, name };
    this.context.onChanged(this.record);
  }

  protected finishUnstarted(end: Pick<JobState, 'status' | 'endedBy' | 'error' | 'failedDependency'>): void {
    this.set({ ...end, endedAt: Date.now(), durationMs: 0, outputEnd: 0, leftBehind: 0 });
  }

  protected set(change: Partial<JobState>): void {
    this.state = { ...this.state, ...change };
    this.context.onChanged(this.record);
  }
}
