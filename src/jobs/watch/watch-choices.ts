import type { JobRecord } from '../../protocol/job-record.ts';

/** The events of a job for which an agent asked after its start, and those that a person chose. */
export interface WatchChoice {
  /** Undefined if it asked for none but those of the record. */
  readonly asked?: readonly string[] | undefined;
  readonly chosen?: readonly string[] | undefined;
}

/**
 * Which events of jobs are watched: those that an agent asked for, and those that a person chose. An agent may ask for
 * others, and never changes what a person chose.
 */
export class WatchChoices {
  readonly #choices = new Map<string, WatchChoice>();

  eventsOf({ id, notify = [] }: Pick<JobRecord, 'id' | 'notify'>): readonly string[] {
    const { asked = notify, chosen = [] } = this.of(id) ?? {};
    return [...new Set([...asked, ...chosen])];
  }

  /** Adds what a person chooses to what is watched. Without events, nothing is watched any more. */
  choose(id: string, events: readonly string[]): void {
    const { asked, chosen = [] } = this.of(id) ?? {};
    const isEnd = events.length === 0;
    this.set(id, isEnd ? { asked: [], chosen: [] } : { asked, chosen: [...new Set([...chosen, ...events])] });
  }

  /** Replaces what an agent asked for. */
  ask(id: string, asked: readonly string[]): void {
    this.set(id, { ...this.of(id), asked });
  }

  /** Returns what was chosen after the start of a job. Undefined if nothing was. */
  of(id: string): WatchChoice | undefined {
    return this.#choices.get(id);
  }

  /** Returns the jobs for which a choice was made after their start. */
  ids(): readonly string[] {
    return [...this.#choices.keys()];
  }

  set(id: string, choice: WatchChoice): void {
    this.#choices.set(id, choice);
  }

  forget(id: string): void {
    this.#choices.delete(id);
  }
}
