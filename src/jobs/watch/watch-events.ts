import { JobError } from '../../base/job-error.ts';
import { quote } from '../../base/quoted-text.ts';
import { MAX_PATTERN_LENGTH } from '../../log/search/search-pattern.ts';
import type { JobRecord } from '../../protocol/job-record.ts';

/** What a watch reports besides lines that match a pattern. */
export const PLAIN_EVENTS = ['ready', 'exit', 'input'] as const;
type PlainEvent = (typeof PLAIN_EVENTS)[number];

const MATCH = 'match:';
/** How many events a job can have. */
const MAX_EVENTS = 8;

/** Something that happened to a watched job. */
export interface WatchEvent {
  readonly id: string;
  readonly on: PlainEvent | 'match';
  /** End of the output, or of the line that matched. */
  readonly cursor: number;
  /** For a match: the pattern, and the last line that matched. */
  readonly pattern?: string;
  readonly line?: string;
  /** How often it happened since it was last seen. */
  readonly count: number;
}

/** Returns the pattern of an event such as `match:error`; undefined for another event. */
export function patternOf(event: string): string | undefined {
  return event.startsWith(MATCH) ? event.slice(MATCH.length) : undefined;
}

/** Returns the event for lines that match a pattern. */
export function matchEvent(pattern: string): string {
  return `${MATCH}${pattern}`;
}

/**
 * Checks the names of events.
 *
 * @param checkPattern throws a JobError for an invalid regular expression
 * @throws JobError
 */
export function checkEvents(events: readonly string[], checkPattern: (pattern: string) => void): void {
  if (events.length > MAX_EVENTS) throw new JobError(`"notify" can have at most ${MAX_EVENTS} events.`);
  for (const event of events) {
    const pattern = patternOf(event);
    if (pattern === undefined && !(PLAIN_EVENTS as readonly string[]).includes(event))
      throw new JobError(
        `There is no event ${quote(event, 40)}. Use "ready", "exit", "input" or "match:" and a regular expression.`,
      );
    if (pattern === '') throw new JobError('The event "match:" needs a regular expression after the colon.');
    if (pattern === undefined) continue;
    if (pattern.length > MAX_PATTERN_LENGTH)
      throw new JobError(
        `The regular expression of an event can have at most ${MAX_PATTERN_LENGTH} characters. Use a shorter one.`,
      );
    checkPattern(pattern);
  }
}

/** Returns true if a job ended because it was stopped. Only Ctrl+C sends SIGINT. */
export function wasStopped({ endedBy, signal }: JobRecord): boolean {
  return endedBy === 'person' || endedBy === 'agent' || signal === 'SIGINT';
}
