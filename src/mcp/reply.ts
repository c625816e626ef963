import type { JobRecord } from '../runner/records.ts';

export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/** Bytes of a reply by default, and at most. VS Code keeps replies above 8,192 bytes from the model. */
export const DEFAULT_REPLY_BYTES = 8000;
export const MAX_REPLY_BYTES = 256 * 1024;
/** Room (bytes) that a reply keeps for its header line. */
const HEADER_BYTES = 320;

/** Bytes of log text that fit into a reply beside its header. */
export function pageBytes(replyBytes: number): number {
  return Math.max(64, replyBytes - HEADER_BYTES);
}

/**
 * The first line of a reply: `key=value` separated by single blanks. A value with anything but letters, digits
 * and `._:/@+,-` is a JSON string. A fact that does not apply is left out.
 */
export function header(facts: Facts): string {
  return Object.entries(facts)
    .filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined)
    .map(([key, value]) => `${key}=${quote(String(value))}`)
    .join(' ');
}

function quote(value: string): string {
  return /^[\w.:/@+,-]+$/.test(value) ? value : JSON.stringify(value);
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
  };
}

/** A command on one line that is not too long for a list. */
export function shorten(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** How long a job has run, or ran, as people say it. */
export function duration(job: JobRecord, now = Date.now()): string {
  const ms = job.durationMs ?? Math.max(0, (job.endedAt ?? now) - job.startedAt);
  if (ms < 1000) return `${ms}ms`;
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const words = parts.flatMap((value, at) => (value > 0 ? `${value}${'dhm'[at] ?? ''}` : []));
  return [...words, `${seconds % 60}s`].join('');
}
