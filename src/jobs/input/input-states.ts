import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { isFinished } from '../../protocol/job-record.ts';
import { MIN_QUIET_MS } from '../../protocol/quiet-time.ts';
import { JobActivity } from '../records/job-activity.ts';
import type { KnownJobs } from '../records/known-jobs.ts';
import type { InputWait } from './input-wait.ts';

/** Pause between two looks at a job. It grows while nothing changes, since each look lists all processes of the system. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4000;

interface InputStatesSource {
  readonly jobs: KnownJobs;
  /** Returns a number that grows when a job prints. */
  readonly outputEnd: (id: string) => number;
  readonly look: (id: string) => Promise<InputWait | undefined>;
}

interface Follower {
  count: number;
  readonly stopped: AbortController;
  /** Aborts the current pause. */
  wake: AbortController;
  state: InputWait | undefined;
}

interface InputStatesEvents {
  /** A job began to wait for input, or waits no more. */
  changed: [id: string];
}

/** Knows which of the followed jobs wait for input. Nothing runs while no job is followed. */
export class InputStates extends EventEmitter<InputStatesEvents> {
  readonly #source: InputStatesSource;
  readonly #now: () => number;
  readonly #followers = new Map<string, Follower>();

  /** @param now a monotonic clock in ms */
  constructor(source: InputStatesSource, now: () => number = () => performance.now()) {
    super();
    this.#source = source;
    this.#now = now;
    this.setMaxListeners(0);
  }

  /** Returns how a followed job waits for input; undefined if it does not. */
  of(id: string): InputWait | undefined {
    return this.#followers.get(id)?.state;
  }

  /** Follows a running job. @returns a function that stops it */
  follow(id: string): () => void {
    const known = this.#followers.get(id);
    const follower = known ?? {
      count: 0,
      stopped: new AbortController(),
      wake: new AbortController(),
      state: undefined,
    };
    follower.count++;
    if (known === undefined) {
      this.#followers.set(id, follower);
      void this.#run(id, follower);
    }
    let isStopped = false;
    return () => {
      if (isStopped) return;
      isStopped = true;
      if (--follower.count === 0) this.#end(id, follower);
    };
  }

  /** Notes that a job got input, so that it no longer waits as far as is known. */
  answered(id: string): void {
    const follower = this.#followers.get(id);
    if (follower === undefined) return;
    this.#set(id, follower, undefined);
    follower.wake.abort();
  }

  dispose(): void {
    for (const [id, follower] of this.#followers) this.#end(id, follower);
  }

  #end(id: string, follower: Follower): void {
    this.#followers.delete(id);
    follower.stopped.abort();
    follower.wake.abort();
  }

  async #run(id: string, follower: Follower): Promise<void> {
    const { jobs, outputEnd, look } = this.#source;
    const activity = new JobActivity(jobs, id, 'changes');
    let pauseMs = FIRST_PAUSE_MS;
    let seen: number | undefined;
    try {
      while (!follower.stopped.signal.aborted) {
        const { version } = activity;
        const job = jobs.find(id);
        if (job === undefined || isFinished(job)) break;
        try {
          const end = outputEnd(id);
          // A job that is printing does not wait.
          const isPrinting = seen !== undefined && end !== seen;
          pauseMs = isPrinting ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
          seen = end;
          if (!isPrinting || follower.state !== undefined) this.#set(id, follower, await look(id));
        } catch {
          // The log cannot be read, or the runner cannot look. Until the next look the job is not known to wait.
          this.#set(id, follower, undefined);
        }
        if (follower.wake.signal.aborted) {
          follower.wake = new AbortController();
          pauseMs = FIRST_PAUSE_MS;
          // A program that has just got input may look for a moment as if it waited.
          await delay(MIN_QUIET_MS);
          continue;
        }
        await activity.since(version, follower.wake.signal, this.#untilLook(pauseMs));
      }
    } finally {
      activity.dispose();
      this.#set(id, follower, undefined);
    }
  }

  /** Looks at several jobs come at the same time, so that they share one list of processes. */
  #untilLook(pauseMs: number): number {
    const restMs = pauseMs - (this.#now() % pauseMs);
    // A timer may end a moment too early. That look is over.
    return restMs < FIRST_PAUSE_MS / 10 ? restMs + pauseMs : restMs;
  }

  #set(id: string, follower: Follower, state: InputWait | undefined): void {
    if (follower.state === state) return;
    follower.state = state;
    if (!follower.stopped.signal.aborted) this.emit('changed', id);
  }
}
