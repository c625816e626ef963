import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { jobMark } from '../../processes/job-mark.ts';
import { readLimit, type ResourceLimit } from '../../processes/process-limits.ts';

const run = promisify(execFile);

/** Folders in which Linux distributions keep prlimit(1), in addition to those on PATH. */
const SYSTEM_FOLDERS = ['/usr/bin', '/bin'];

export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
}

/** What decides on the limits of a job. */
export interface LimitedJob {
  readonly id: string;
  /** Soft limit of open files; undefined leaves the runner's. */
  readonly openFiles: number | undefined;
}

/** Soft limits of a new process. Undefined: that of the runner. */
export interface SoftLimits {
  /** RLIMIT_LOCKS, which holds the mark of the job. */
  readonly locks?: bigint;
  /** RLIMIT_NOFILE */
  readonly openFiles?: bigint;
}

/** Decides on the limits of jobs, and sets them where Node starts the shell. */
export interface LimitSetter {
  /** Returns true if `wrap` has an effect. */
  readonly canWrap: boolean;
  of(job: LimitedJob): SoftLimits;
  /**
   * Returns the command that sets the limits, and then becomes the program.
   *
   * @throws the system's error if the program cannot be run
   */
  wrap(program: CommandLine, limits: SoftLimits): CommandLine;
}

/**
 * Node cannot set limits, so prlimit(1) of util-linux does it, and then becomes the shell (execve(2)). The shell's own
 * `ulimit` would show in the command line that users see, and another shell in between would drop variables that it
 * cannot name, such as exported functions of bash.
 *
 * @returns what does nothing on other systems than Linux, and does not wrap without prlimit(1)
 */
export async function createLimitSetter(): Promise<LimitSetter> {
  const locks = readLimit('self', 'Max file locks');
  const files = readLimit('self', 'Max open files');
  const prlimit = locks && (await usablePrlimit(locks));
  return {
    canWrap: prlimit !== undefined,
    of({ id, openFiles }) {
      const mark = jobMark(id);
      const soft = openFiles === undefined ? undefined : BigInt(openFiles);
      return {
        ...(mark !== undefined && isWithin(mark, locks) && { locks: mark }),
        ...(soft !== undefined && isWithin(soft, files) && { openFiles: soft }),
      };
    },
    wrap(program, { locks, openFiles }) {
      if (prlimit === undefined || (locks === undefined && openFiles === undefined)) return program;
      checkExecutable(program.file);
      const limits = [
        ...(locks === undefined ? [] : [`--locks=${locks}:`]),
        ...(openFiles === undefined ? [] : [`--nofile=${openFiles}:`]),
      ];
      return { file: prlimit, args: [...limits, program.file, ...program.args] };
    },
  };
}

/** Returns the path of prlimit(1), if it may set limits. */
async function usablePrlimit({ hard }: ResourceLimit): Promise<string | undefined> {
  const prlimit = findPrlimit();
  if (prlimit === undefined) return undefined;
  try {
    // A runner that was started within a job must not carry the mark of that job.
    await run(prlimit, ['--pid', String(process.pid), `--locks=${hard ?? 'unlimited'}:`]);
    return prlimit;
  } catch (error) {
    console.error(error);
    return undefined;
  }
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
