import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import type { InputStates } from '../input/input-states.ts';
import type { JobLogs } from '../output/job-logs.ts';
import type { KnownJobs } from '../records/known-jobs.ts';
import { watchMatches } from './match-watch.ts';
import { type WatchChoice, WatchChoices } from './watch-choices.ts';
import { patternOf, wasStopped, type WatchEvent } from './watch-events.ts';

interface WatchSource {
  readonly jobs: KnownJobs;
  readonly logs: JobLogs;
  readonly inputs: InputStates;
}

interface JobWatchesEvents {
  /** Something happened that has not been seen. It is reported again only after it was seen. */
  event: [WatchEvent];
  /** The events of a job that nobody has seen changed: there are more of them, or fewer. */
  unseen: [id: string];
  /** A job is watched, or watched no more. */
  changed: [id: string];
}

/** The observation of one job. */
interface Observed {
  readonly events: readonly string[];
  /** Ends the search for lines. */
  readonly stop: AbortController;
  readonly unfollowInput: () => void;
  readySince: number | undefined;
  /** End of the output when the job was last seen to wait for input. */
  askedAt: number | undefined;
}

/**
 * Watches jobs: those whose starter asked to be notified (`notify` of their record), and those that a person chose. Each
 * event is kept until it was seen.
 */
export class JobWatches extends EventEmitter<JobWatchesEvents> {
  readonly #source: WatchSource;
  readonly #since = Date.now();
  readonly #choices = new WatchChoices();
  readonly #observed = new Map<string, Observed>();
  readonly #unseen = new Map<string, readonly WatchEvent[]>();
  /** The last match of each pattern, by job. */
  readonly #matches = new Map<string, ReadonlyMap<string, WatchEvent>>();

  constructor(source: WatchSource) {
    super();
    this.#source = source;
    this.setMaxListeners(0);
    source.jobs.on('changed', (job) => this.#update(job));
    source.jobs.on('removed', ({ id }) => {
      this.#stop(id);
      this.#choices.forget(id);
      this.#matches.delete(id);
      this.seen(id);
    });
    source.inputs.on('changed', (id) => this.#onInput(id));
  }

  /** Returns the events of a job that are watched. */
  eventsOf(job: JobRecord): readonly string[] {
    return this.#choices.eventsOf(job);
  }

  /** Returns how the watches of unfinished jobs were changed after their start, by job. */
  changes(): ReadonlyMap<string, WatchChoice> {
    const { jobs } = this.#source;
    const ids = this.#choices.ids().filter((id) => jobs.active().some((job) => job.id === id));
    return new Map(ids.map((id) => [id, this.#choices.of(id)!]));
  }

  /** Changes the watch of a job as it was changed before. */
  restore(id: string, choice: WatchChoice): void {
    this.#change(id, () => this.#choices.set(id, choice));
  }

  /** Watches a job for what a person chooses, besides what is watched. Without events, it is watched no more. */
  watch(reference: string, events: readonly string[]): void {
    const { id } = this.#source.jobs.get(reference);
    this.#change(id, () => this.#choices.choose(id, events));
  }

  /** Watches a job for what an agent asks for now. What a person chose stays. */
  ask(id: string, events: readonly string[]): void {
    this.#change(id, () => this.#choices.ask(id, events));
  }

  /** Watches a job as another one, which it replaces. */
  replace(old: string, id: string): void {
    const choice = this.#choices.of(old);
    if (choice !== undefined) this.restore(id, choice);
  }

  /** Returns what happened to a job and was not seen, oldest first. */
  unseenOf(id: string): readonly WatchEvent[] {
    return this.#unseen.get(id) ?? [];
  }

  /** Returns all that was not seen, by job. */
  unseen(): ReadonlyMap<string, readonly WatchEvent[]> {
    return this.#unseen;
  }

  /** Returns the last line of a job that matched each pattern, whether it was seen or not. */
  matchesOf(id: string): readonly WatchEvent[] {
    return [...(this.#matches.get(id)?.values() ?? [])];
  }

  /** Notes that the events of a job were seen. @param which by default all */
  seen(id: string, which: (event: WatchEvent) => boolean = () => true): void {
    const known = this.unseenOf(id);
    const rest = known.filter((event) => !which(event));
    if (rest.length === known.length) return;
    this.#setUnseen(id, rest);
  }

  dispose(): void {
    for (const id of this.#observed.keys()) this.#stop(id);
  }

  #change(id: string, choose: () => void): void {
    const job = this.#source.jobs.get(id);
    const before = this.eventsOf(job);
    choose();
    const events = this.eventsOf(job);
    // A search that begins again may miss a line.
    if (!isDeepStrictEqual(events, before)) this.#stop(id);
    if (events.length === 0) this.seen(id);
    this.#update(job);
    this.emit('changed', id);
  }

  #update(job: JobRecord): void {
    const { id } = job;
    const known = this.#observed.get(id);
    if (known === undefined) {
      if (!isFinished(job) && this.eventsOf(job).length > 0) this.#observe(job);
      return;
    }
    const becameReady = job.readySince !== undefined && job.readySince !== known.readySince;
    known.readySince = job.readySince;
    if (becameReady && known.events.includes('ready')) this.#report({ id, on: 'ready' });
    if (!isFinished(job)) return;
    const isNews = known.events.includes('exit') && !wasStopped(job);
    // A search for lines continues until the end of the log.
    known.unfollowInput();
    this.#observed.delete(id);
    if (isNews) this.#report({ id, on: 'exit' });
  }

  #observe(job: JobRecord): void {
    const { id } = job;
    const events = this.eventsOf(job);
    // What happened before a reload of the window is not reported.
    const isNew = job.startedAt >= this.#since && this.#choices.of(id) === undefined;
    const observed: Observed = {
      events,
      stop: new AbortController(),
      unfollowInput: events.includes('input') ? this.#source.inputs.follow(id) : () => undefined,
      readySince: isNew ? undefined : job.readySince,
      askedAt: undefined,
    };
    this.#observed.set(id, observed);
    const { signal } = observed.stop;
    const cursor = isNew ? 0 : this.#source.logs.endOf(id);
    for (const pattern of events.flatMap((event) => patternOf(event) ?? [])) {
      void watchMatches({
        ...this.#source,
        ...{ id, pattern, cursor, signal },
        onMatch: (found) => this.#report({ id, on: 'match', pattern, ...found }),
      });
    }
    if (isNew && job.readySince !== undefined) this.#update(job);
  }

  #onInput(id: string): void {
    const observed = this.#observed.get(id);
    if (observed?.events.includes('input') !== true) return;
    if (this.#source.inputs.of(id) === undefined) {
      // It was answered.
      this.seen(id, ({ on }) => on === 'input');
      return;
    }
    const end = this.#source.logs.endOf(id);
    if (observed.askedAt === end) return;
    observed.askedAt = end;
    this.#report({ id, on: 'input' });
  }

  #report(event: Omit<WatchEvent, 'cursor' | 'count'> & Partial<WatchEvent>): void {
    const { id, on, pattern } = event;
    if (this.#source.jobs.find(id) === undefined) return;
    if (pattern !== undefined) this.#noteMatch(pattern, event);
    const known = this.unseenOf(id);
    const same = known.find((each) => each.on === on && each.pattern === pattern);
    const { cursor = this.#source.logs.endOf(id), count = 1 } = event;
    const added: WatchEvent = { ...event, cursor, count: count + (same?.count ?? 0) };
    this.#setUnseen(id, [...known.filter((each) => each !== same), added]);
    if (same === undefined) this.emit('event', added);
  }

  #noteMatch(pattern: string, event: Omit<WatchEvent, 'cursor' | 'count'> & Partial<WatchEvent>): void {
    const known = this.#matches.get(event.id);
    const { cursor = 0, count = 1 } = event;
    const total = count + (known?.get(pattern)?.count ?? 0);
    this.#matches.set(event.id, new Map([...(known ?? []), [pattern, { ...event, cursor, count: total }]]));
  }

  #setUnseen(id: string, events: readonly WatchEvent[]): void {
    if (events.length === 0) this.#unseen.delete(id);
    else this.#unseen.set(id, events);
    this.emit('unseen', id);
    // Clients that subscribed to the record of the job learn it, too.
    this.#source.jobs.wake(id);
  }

  #stop(id: string): void {
    const observed = this.#observed.get(id);
    observed?.stop.abort();
    observed?.unfollowInput();
    this.#observed.delete(id);
  }
}
