import { quote } from '../../base/quoted-text.ts';
import { exitMeaning } from '../../protocol/exit-code.ts';
import type { JobRecord } from '../../protocol/job-record.ts';

export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/** VS Code does not pass replies above 8,192 bytes to the model. */
export const DEFAULT_REPLY_BYTES = 8000;
export const MAX_REPLY_BYTES = 256 * 1024;
/** Reserved for the facts of a page and for the mark of a line that is cut, with numbers of 15 digits. */
const PAGE_FACTS_BYTES = 170 + 120;

/** Returns how many bytes of log fit into a reply, besides a header with these facts and those of a page. */
export function pageBytes(replyBytes: number, facts: Facts): number {
  return Math.max(64, replyBytes - Buffer.byteLength(header(facts)) - PAGE_FACTS_BYTES);
}

/**
 * Returns the first line of a reply: `key=value`, separated by single spaces. A value that contains anything other than
 * letters, digits and `._:/@+,-` is a JSON string. Undefined facts are left out.
 */
export function header(facts: Facts): string {
  return Object.entries(facts)
    .filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined)
    .map(([key, value]) => `${key}=${valueOf(String(value))}`)
    .join(' ');
}

function valueOf(value: string): string {
  return /^[\w.:/@+,-]+$/.test(value) ? value : quote(value, Infinity);
}

/** Returns a reply with a header line and a part of a log. */
export function logReply(facts: Facts, log: string): string {
  return `${header(facts)}\n${log}`;
}

/** Returns the state of a job, for a header. */
export function jobFacts(job: JobRecord): Facts {
  return {
    id: job.id,
    name: job.name,
    status: job.status,
    exit_code: job.exitCode,
    exit_meaning: exitMeaning(job.exitCode),
    signal: job.signal,
    ended_by: job.endedBy === 'itself' ? undefined : job.endedBy,
    left_behind: job.leftBehind === 0 ? undefined : job.leftBehind,
    log_not_stored: job.unstoredBytes,
  };
}
