import { quote } from '../../base/quoted-text.ts';
import type { JobRecord } from '../../protocol/job-record.ts';

export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/** Bytes of a reply by default, and at most. VS Code keeps replies above 8,192 bytes from the model. */
export const DEFAULT_REPLY_BYTES = 8000;
export const MAX_REPLY_BYTES = 256 * 1024;
/** Room (bytes) for the facts of a page and for the mark of a line that was cut, with numbers of 15 digits. */
const PAGE_FACTS_BYTES = 170 + 120;

/** Bytes of log text that fit into a reply beside a header with these facts and those of a page. */
export function pageBytes(replyBytes: number, facts: Facts): number {
  return Math.max(64, replyBytes - Buffer.byteLength(header(facts)) - PAGE_FACTS_BYTES);
}

/**
 * The first line of a reply: `key=value` separated by single blanks. A value with anything but letters, digits
 * and `._:/@+,-` is a JSON string. A fact that does not apply is left out.
 */
export function header(facts: Facts): string {
  return Object.entries(facts)
    .filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined)
    .map(([key, value]) => `${key}=${valueOf(String(value))}`)
    .join(' ');
}

function valueOf(value: string): string {
  return /^[\w.:/@+,-]+$/.test(value) ? value : quote(value);
}

/** A reply that holds a part of a log: the header line, then the log as it is. */
export function logReply(facts: Facts, log: string): string {
  return `${header(facts)}\n${log}`;
}

/** How a job stands, for a header. */
export function jobFacts(job: JobRecord): Facts {
  return {
    id: job.id,
    name: job.name,
    status: job.status,
    exit_code: job.exitCode,
    signal: job.signal,
    ended_by: job.status === 'running' || job.endedBy === 'itself' ? undefined : job.endedBy,
    left_behind: job.leftBehind === 0 ? undefined : job.leftBehind,
  };
}
