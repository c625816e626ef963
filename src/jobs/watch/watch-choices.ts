import type { JobRecord } from '../../protocol/job-record.ts';

/** The events of a job for which an agent asked after its start, and those that a person chose. */
export interface WatchChoice {
  readonly asked?: readonly string[] | undefined;
  readonly chosen?: readonly string[] | undefined;
}

/**
 * Which events of jobs are watched: those that an agent asked for, and those that a person chose. An agent may ask for
 * others, and never changes what a person chose.
 */
export class WatchChoices {
  /** What an agent asked for after the start, by job. */
  readonly #asked = new Map<string, readonly string[]>();
  /** What a person chose, by job. */
  readonly #chosen = new Map<string, readonly string[]>();

  eventsOf({ id, notify = [] }: Pick<JobRecord, 'id' | 'notify'>): readonly string[] {
    return [...new Set([...(this.#asked.get(id) ?? notify), ...(this.#chosen.get(id) ?? [])])];
  }

  /** Adds to what is watched. Without events, nothing is watched any more. */
  choose(id: string, events: readonly string[]): void {
    this.#chosen.set(
      id,
      events.length === 0 ? [] : [...new Set([...(this.#chosen.get(id) ?? []), ...events])],
    );
    if (events.length === 0) this.#asked.set(id, []);
  }

  ask(id: string, events: readonly string[]): void {
    this.#asked.set(id, events);
  }

  /** Returns whether a choice was made after the start of the job. */
  has(id: string): boolean {
    return this.#asked.has(id) || this.#chosen.has(id);
  }

  /** Returns what was chosen after the start of a job. Undefined if nothing was. */
  of(id: string): WatchChoice | undefined {
    return this.has(id) ? { asked: this.#asked.get(id), chosen: this.#chosen.get(id) } : undefined;
  }

  /** Returns the jobs for which a choice was made after their start. */
  ids(): readonly string[] {
    return [...new Set([...this.#asked.keys(), ...this.#chosen.keys()])];
  }

  set(id: string, { asked, chosen }: WatchChoice): void {
    if (asked !== undefined) this.#asked.set(id, asked);
    if (chosen !== undefined) this.#chosen.set(id, chosen);
  }

  forget(id: string): void {
    this.#asked.delete(id);
    this.#chosen.delete(id);
  }
}
