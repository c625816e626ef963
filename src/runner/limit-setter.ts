import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { jobMark } from '../processes/job-mark.ts';
import { readLimit, type ResourceLimit } from '../processes/process-limits.ts';

const run = promisify(execFile);

/** Folders in which Linux distributions keep prlimit(1), in addition to those on PATH. */
const SYSTEM_FOLDERS = ['/usr/bin', '/bin'];

export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
}

/** Puts the mark of a job, and its limit of open files, on the shell of the job before the shell runs. */
export interface LimitSetter {
  /**
   * @param openFiles soft limit of open files; undefined leaves the runner's
   * @throws the system's error if the program cannot be run
   */
  wrap(
    program: CommandLine,
    job: { readonly id: string; readonly openFiles: number | undefined },
  ): CommandLine;
}

const NO_LIMITS: LimitSetter = { wrap: (program) => program };

/**
 * Node cannot set limits, so prlimit(1) of util-linux does it, and then becomes the shell (execve(2)). The shell's own
 * `ulimit` would show in the command line that users see, and another shell in between would drop variables that it
 * cannot name, such as exported functions of bash.
 *
 * @returns what does nothing where there is no prlimit(1), or it may not set limits
 */
export async function createLimitSetter(): Promise<LimitSetter> {
  const locks = readLimit('self', 'Max file locks');
  const prlimit = locks === undefined ? undefined : findPrlimit();
  if (locks === undefined || prlimit === undefined) return NO_LIMITS;
  try {
    // A runner that was started within a job must not carry the mark of that job.
    await run(prlimit, ['--pid', String(process.pid), `--locks=${locks.hard ?? 'unlimited'}:`]);
  } catch (error) {
    console.error(error);
    return NO_LIMITS;
  }
  const files = readLimit('self', 'Max open files');
  return {
    wrap({ file, args }, { id, openFiles }) {
      checkExecutable(file);
      const mark = jobMark(id);
      const limits = [
        ...(mark !== undefined && isWithin(mark, locks) ? [`--locks=${mark}:`] : []),
        ...(openFiles !== undefined && isWithin(BigInt(openFiles), files) ? [`--nofile=${openFiles}:`] : []),
      ];
      return limits.length === 0 ? { file, args } : { file: prlimit, args: [...limits, file, ...args] };
    },
  };
}

function isWithin(value: bigint, limit: ResourceLimit | undefined): boolean {
  return limit !== undefined && (limit.hard === undefined || value <= limit.hard);
}

function findPrlimit(): string | undefined {
  const folders = [...SYSTEM_FOLDERS, ...(process.env.PATH ?? '').split(delimiter).filter(isAbsolute)];
  return folders
    .map((folder) => join(folder, 'prlimit'))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        // It is not in this folder.
        return false;
      }
    });
}

/** Checks a program as execve(2) would. prlimit(1) itself reports a failure to the job's stderr only. */
function checkExecutable(file: string): void {
  if (!isAbsolute(file)) return;
  accessSync(file, constants.X_OK);
  if (statSync(file).isFile()) return;
  throw Object.assign(new Error(`EACCES: not a file, execve '${file}'`), { code: 'EACCES' });
}
