import { readFileSync } from 'node:fs';

/** A resource limit, as getrlimit(2) describes it. Undefined: unlimited. */
export interface ResourceLimit {
  readonly soft: bigint | undefined;
  readonly hard: bigint | undefined;
}

/** Names of the limits that we read, as in /proc/<pid>/limits. */
export type LimitName = 'Max file locks' | 'Max open files';

/**
 * Reads a resource limit of a process from /proc.
 *
 * @returns undefined if it cannot be read: the process is gone, or this is not Linux
 */
export function readLimit(pid: number | 'self', name: LimitName): ResourceLimit | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return parseLimit(readFileSync(`/proc/${pid}/limits`, 'latin1'), name);
  } catch {
    // Not an error: see @returns.
    return undefined;
  }
}

/** Finds a limit in the text of /proc/<pid>/limits. */
export function parseLimit(text: string, name: LimitName): ResourceLimit | undefined {
  const at = text.indexOf(`\n${name} `);
  if (at < 0) return undefined;
  const [soft, hard] = text
    .slice(at + name.length + 1, text.indexOf('\n', at + 1))
    .trim()
    .split(/\s+/);
  return { soft: toNumber(soft), hard: toNumber(hard) };
}

function toNumber(value = ''): bigint | undefined {
  return /^\d+$/.test(value) ? BigInt(value) : undefined;
}

/**
 * Returns the soft limit of open files that this process was started with. Node raises its own one to the hard limit
 * before any script runs, so the limit is taken from the parent, which passed it on.
 *
 * @returns undefined if it is not known, or if something between the parent and this process has changed the limits
 */
export function startedOpenFiles(): number | undefined {
  const own = readLimit('self', 'Max open files');
  const parent = readLimit(process.ppid, 'Max open files');
  if (own === undefined || parent?.soft === undefined || parent.hard !== own.hard) return undefined;
  return Number(parent.soft);
}
