import type { JobRecord } from '../../protocol/job-record.ts';

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
    this.#chosen.set(id, events.length === 0 ? [] : [...(this.#chosen.get(id) ?? []), ...events]);
    if (events.length === 0) this.#asked.set(id, []);
  }

  ask(id: string, events: readonly string[]): void {
    this.#asked.set(id, events);
  }

  /** Returns whether a choice was made after the start of the job. */
  has(id: string): boolean {
    return this.#asked.has(id) || this.#chosen.has(id);
  }

  /** Returns the jobs for which a choice was made after their start. */
  ids(): readonly string[] {
    return [...new Set([...this.#asked.keys(), ...this.#chosen.keys()])];
  }

  /** Gives a job the choices for another one. */
  copy(from: string, to: string): void {
    for (const choices of [this.#asked, this.#chosen]) {
      const events = choices.get(from);
      if (events !== undefined) choices.set(to, events);
    }
  }

  forget(id: string): void {
    this.#asked.delete(id);
    this.#chosen.delete(id);
  }
}
