import { quote } from '../../base/quoted-text.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { WatchEvent } from '../../jobs/watch/watch-events.ts';
import { isFinished, type JobRecord, type Starter } from '../../protocol/job-record.ts';
import { howItEnded, isOver } from '../shared/job-end.ts';
import { isOwnJob } from '../shared/job-owner.ts';
import { watchText } from '../shared/watch-text.ts';
import { type Told, toldBy } from './told-jobs.ts';

/** Size of the line, in bytes. */
const MAX_LINE_BYTES = 300;
/** VS Code does not pass replies above 8,192 bytes to the model. A line that does not fit waits for the next reply. */
const MAX_TOTAL_BYTES = 8150;
/** Characters shown of a name. */
const MAX_NAME_LENGTH = 30;
/** How many running jobs are asked whether they wait for input. */
const MAX_ASKED_JOBS = 20;
/** How long the result of a look counts if a job has been silent for long. A look reads all processes of the system. */
const LOOK_INTERVAL_MS = 1000;
const LONG_SILENCE_MS = 10_000;
/** How many callers are remembered. The one that was silent the longest is forgotten. */
const MAX_CALLERS = 200;

const BEGINNING = '[Since your last call: ';
const END = '.]';

/** What a caller knows of one of its jobs. */
interface Known {
  readonly isEnded: boolean;
  readonly isReady: boolean;
  /** The end of the output at which the caller learned that the job waits for input. */
  readonly askedAt?: number | undefined;
  /** The end of the last line that the caller knows to match a pattern of its watch. */
  readonly matchedAt?: number | undefined;
}

/** A look whether a job waits for input. Times are those of the monotonic clock, in ms. */
interface Look {
  readonly at: number;
  /** The end of its output, and since when that is known to be the end. */
  readonly end: number;
  readonly silentSince: number;
  readonly waits: boolean;
}

/** A reply that the news follow. */
interface Reply {
  /** The tool that replies. */
  readonly tool: string;
  /** The text blocks. */
  readonly blocks: readonly string[];
  /** References to the jobs that the call was about, if the reply may not name them. */
  readonly subjects?: readonly string[];
}

const NOTHING: Known = { isEnded: false, isReady: false };

/**
 * Tells callers what happened to their other jobs, in a line at the end of a reply: no client is woken by a notification.
 * Each event is told once. What a reply itself says of a job is not repeated.
 */
class JobNews {
  readonly #manager: JobManager;
  /** By caller, the one that called last at the end. */
  readonly #callers = new Map<string, ReadonlyMap<string, Known>>();

  /** The last look at each running job. */
  readonly #looks = new Map<string, Look>();

  constructor(manager: JobManager) {
    this.#manager = manager;
    manager.jobs.on('changed', (job) => {
      if (isFinished(job)) this.#looks.delete(job.id);
    });
  }

  /** Returns the line, or undefined if there is no news or no room for it. */
  async lineFor(caller: Starter, { tool, blocks, subjects = [] }: Reply): Promise<string | undefined> {
    const { jobs } = this.#manager;
    const named = this.#idsOf(subjects);
    const told = toldBy(tool, blocks);
    // Oldest first.
    const own = jobs
      .list()
      .filter((job) => isOwnJob(job, caller))
      .reverse();
    this.#noteRead(told, caller);
    // The line of a job in a list does not say that it waits for input.
    const tellsWaits = (id: string): boolean => !named.has(id) && (!told.has(id) || tool === 'list');
    const waiting = await this.#waiting(own.filter(({ id }) => tellsWaits(id)));
    // From here on nothing is awaited, so that two calls at a time do not tell the same.
    const known = this.#knownTo(caller, own);
    const room = MAX_TOTAL_BYTES - Buffer.byteLength(blocks.join('\n'));
    const line = new NewsLine(room > 0 ? Math.min(MAX_LINE_BYTES, room) : MAX_LINE_BYTES);
    const next = new Map<string, Known>();
    for (const { id } of own) {
      // The job may have changed while the others were asked.
      const job = jobs.find(id);
      if (job === undefined) continue;
      const matches = this.#manager.watches.matchesOf(id);
      const earlier = known.get(id) ?? NOTHING;
      // Most jobs of a long session. Nothing can happen to them any more.
      if (earlier.isEnded && isOver(job.status) && matches.length === 0) {
        next.set(id, earlier);
        continue;
      }
      const before = knownAfter(earlier, told.get(id));
      // A change of its state since the reply was written is news for the next one.
      const isShown = told.has(id) || named.has(id);
      const waitsAt = waiting.get(id);
      const { now, event } = eventOf(before, job, { isShown, waitsAt, matches });
      const isTold = event === undefined || line.add(`${this.#label(job)} ${event}`);
      const isNamed = ({ on }: WatchEvent): boolean =>
        !isShown || on === 'match' || (on === 'input' && waitsAt !== undefined);
      if (isTold && event !== undefined) this.#manager.watches.seen(id, isNamed);
      next.set(id, isTold ? now : before);
    }
    this.#remember(caller, next);
    return line.text();
  }

  #idsOf(references: readonly string[]): ReadonlySet<string> {
    const ids = references.map((reference) => {
      try {
        return this.#manager.jobs.get(reference).id;
      } catch {
        // The call was refused because there is no such job.
        return undefined;
      }
    });
    return new Set(ids.filter((id) => id !== undefined));
  }

  /** Notes which events of watches a reply has told to a caller. Other callers must have read the output for that. */
  #noteRead(told: ReadonlyMap<string, Told>, caller: Starter): void {
    for (const [id, facts] of told) {
      const job = this.#manager.jobs.find(id);
      if (job === undefined || (facts.cursor === undefined && !isOwnJob(job, caller))) continue;
      this.#manager.watches.seen(id, (event) => tells(facts, event));
    }
  }

  /** Returns what a caller knows. A caller that was never seen knows of the ends before this process started. */
  #knownTo(caller: Starter, own: readonly JobRecord[]): ReadonlyMap<string, Known> {
    const known = this.#callers.get(keyOf(caller));
    if (known !== undefined) return known;
    const old = own.filter(({ endedAt }) => endedAt !== undefined && endedAt < performance.timeOrigin);
    return new Map(old.map(({ id }) => [id, { ...NOTHING, isEnded: true }]));
  }

  #remember(caller: Starter, known: ReadonlyMap<string, Known>): void {
    const key = keyOf(caller);
    this.#callers.delete(key);
    this.#callers.set(key, known);
    const [oldest = ''] = this.#callers.keys();
    if (this.#callers.size > MAX_CALLERS) this.#callers.delete(oldest);
  }

  /** Returns the end of the output of each job that waits for input. */
  async #waiting(own: readonly JobRecord[]): Promise<ReadonlyMap<string, number>> {
    const running = own.filter(({ status }) => status === 'running').slice(0, MAX_ASKED_JOBS);
    const look = async (id: string): Promise<(readonly [string, number])[]> =>
      (await this.#waits(id)) ? [[id, this.#manager.logs.endOf(id)]] : [];
    // The job may be gone by now, or its runner. Then the next reply says so.
    const found = await Promise.all(running.map(({ id }) => look(id).catch(() => [])));
    return new Map(found.flat());
  }

  /** Returns whether a job waits for input. Of a job that has been silent for long, as it was a moment ago. */
  async #waits(id: string): Promise<boolean> {
    const end = this.#manager.logs.endOf(id);
    const now = performance.now();
    const known = this.#looks.get(id);
    const silentSince = known?.end === end ? known.silentSince : now;
    if (known !== undefined && now - silentSince > LONG_SILENCE_MS && now - known.at < LOOK_INTERVAL_MS)
      return known.waits;
    const waits = (await this.#manager.input.waitsForInput(id)) !== undefined;
    this.#looks.set(id, { at: performance.now(), end, silentSince, waits });
    return waits;
  }

  #label({ id, name }: JobRecord): string {
    if (name === undefined) return id.slice(0, 8);
    const label = quote(name, MAX_NAME_LENGTH);
    // A name means the newest job that has it.
    return this.#manager.jobs.get(name).id === id ? label : `${label} (${id.slice(0, 8)})`;
  }
}

const NEWS = new WeakMap<JobManager, JobNews>();

/** Returns the news of a manager. All its servers share them, since a conversation can move to another session. */
export function newsOf(manager: JobManager): JobNews {
  const known = NEWS.get(manager) ?? new JobNews(manager);
  NEWS.set(manager, known);
  return known;
}

/** Collects as many events as fit into a line. */
class NewsLine {
  readonly #maxBytes: number;
  #text = '';

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @returns false if there is no room for the event */
  add(event: string): boolean {
    const text = this.#text === '' ? `${BEGINNING}${event}` : `${this.#text}; ${event}`;
    if (Buffer.byteLength(text) + END.length > this.#maxBytes) return false;
    this.#text = text;
    return true;
  }

  text(): string | undefined {
    return this.#text === '' ? undefined : `${this.#text}${END}`;
  }
}

/** Returns what a caller knows after a reply, which may be older than the current state. */
function knownAfter(known: Known, told: Told | undefined): Known {
  if (told === undefined) return known;
  const isEnded = known.isEnded || isOver(told.status);
  const isReady = known.isReady || told.isReady;
  const { cursor, asksAt } = told;
  return { isEnded, isReady, askedAt: asksAt ?? known.askedAt, matchedAt: cursor ?? known.matchedAt };
}

/** Returns true if a reply says what a watch has noticed. */
function tells({ status, isReady, cursor = -1 }: Told, { on, cursor: at }: WatchEvent): boolean {
  if (on === 'exit') return isOver(status);
  return (on === 'ready' && (isReady || isOver(status))) || cursor >= at;
}

interface News {
  /** What the caller knows then. */
  readonly now: Known;
  /** What is new. */
  readonly event?: string;
}

/** Returns the lines that match a pattern of a watch and that are new to the caller. */
function matchesOf(known: Known, job: JobRecord, matches: readonly WatchEvent[]): News {
  const found = matches.filter(({ cursor }) => cursor > (known.matchedAt ?? -1));
  if (found.length === 0) return { now: known };
  const matchedAt = Math.max(...found.map(({ cursor }) => cursor));
  return { now: { ...known, matchedAt }, event: found.map((match) => watchText(job, match)).join(' and ') };
}

/** What is known of a job besides its record. */
interface Seen {
  /** The reply shows its status, and whether it is ready. */
  readonly isShown: boolean;
  /** The end of its output, if it waits for input there. */
  readonly waitsAt: number | undefined;
  readonly matches: readonly WatchEvent[];
}

/** Returns what is new in the current state of a job, without what the reply shows, and the lines that match. */
function eventOf(known: Known, job: JobRecord, { isShown, waitsAt, matches }: Seen): News {
  const { now: informed, event: printed } = matchesOf(known, job, matches);
  if (isShown && isOver(job.status))
    return { now: informed, ...(printed !== undefined && { event: printed }) };
  const lines = printed === undefined ? [] : [printed];
  if (isOver(job.status)) {
    const now = { ...informed, isEnded: true };
    const events = [...lines, ...(known.isEnded ? [] : [howItEnded(job)])];
    return events.length === 0 ? { now } : { now, event: events.join(' and ') };
  }
  const becameReady = !isShown && job.readySince !== undefined && !known.isReady;
  const asks = waitsAt !== undefined && waitsAt !== known.askedAt;
  const events = [...(becameReady ? ['is ready'] : []), ...lines, ...(asks ? ['waits for input'] : [])];
  if (events.length === 0) return { now: known };
  const now = { ...informed, isReady: known.isReady || becameReady, ...(asks && { askedAt: waitsAt }) };
  return { now, event: events.join(' and ') };
}

function keyOf({ conversation, session, client }: Starter): string {
  return conversation === undefined
    ? JSON.stringify([session ?? null, client ?? null])
    : JSON.stringify(['', conversation]);
}
