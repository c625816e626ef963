import { setTimeout as delay } from 'node:timers/promises';
import { COOKIE } from './job-cookie.ts';
import { isJobMark } from './job-mark.ts';
import { readOrEmpty, readOrUndefined, statFields } from './proc-files.ts';
import { parseLimit } from './process-limits.ts';
import type { InheritedTags } from './process-table.ts';

/**
 * How long, and at what interval, the tags of a process are read again while it executes another program. That takes
 * longer than this only if the file system of the program does not respond.
 */
const EXEC_TIMEOUT_MS = 500;
const EXEC_INTERVAL_MS = 1;

/** Flag of a process that exits, from linux/sched.h. */
const PF_EXITING = 4;

/** Reads the tags of processes from /proc. */
export async function readTags(pids: readonly number[]): Promise<Map<number, InheritedTags>> {
  const tags = new Map<number, InheritedTags>();
  let left = pids;
  const deadline = performance.now() + EXEC_TIMEOUT_MS;
  for (;;) {
    const isLast = performance.now() >= deadline;
    left = left.filter((pid) => {
      const found = tagsOf(pid);
      tags.set(pid, found);
      return found.isExecuting && !isLast;
    });
    if (left.length === 0) return tags;
    await delay(EXEC_INTERVAL_MS);
  }
}

interface FoundTags extends InheritedTags {
  /** It has the mark of a job, but no environment at the moment because it executes another program. */
  readonly isExecuting: boolean;
}

function tagsOf(pid: number): FoundTags {
  const environment = readOrUndefined(`/proc/${pid}/environ`);
  const cookie = cookieIn(environment ?? '');
  if (cookie !== undefined) return { cookie, isExecuting: false };
  const limits = readOrEmpty(`/proc/${pid}/limits`);
  const mark = parseLimit(limits, 'Max file locks')?.soft;
  // Without a mark, it does not matter. An environment that may not be read is undefined.
  const isExecuting = environment === '' && isJobMark(mark) && !hasNoEnvironment(pid);
  return { cookie, mark, isExecuting };
}

function cookieIn(environment: string): string | undefined {
  const text = `\0${environment}`;
  const at = text.indexOf(`\0${COOKIE}=`);
  if (at < 0) return undefined;
  const from = at + COOKIE.length + 2;
  return text.slice(from, text.indexOf('\0', from));
}

/**
 * Returns true if a process was started with an empty environment, or has none anymore because it exits. During
 * execve(2), the environment also reads as empty. The kernel sets its place (env_start and env_end of proc_pid_stat(5)),
 * and then that of the new program (end_code).
 */
function hasNoEnvironment(pid: number): boolean {
  const fields = statFields(pid);
  if (fields === undefined || (Number(fields[6]) & PF_EXITING) !== 0) return true;
  const [endCode, start, end] = [fields[24], fields[47], fields[48]];
  return endCode !== '0' && start === end;
}
