import { accessSync, constants, existsSync, lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { clipMiddle } from './quoted-text.ts';

interface Problem {
  /** Says what is wrong, without the code and the full stop. */
  readonly describe: (path: string, error: NodeJS.ErrnoException) => string;
  /** Says in a sentence what to do. */
  readonly advice: string;
}

const DENIED: Problem = {
  describe: describeDenied,
  advice: 'Make it accessible for this user, or use another folder. Then try again.',
};
const IN_THE_WAY: Problem = {
  describe: (path) => {
    const file = blockingFile(path);
    return file === undefined ? `The path ${path} is taken` : `${file} is not a folder`;
  },
  advice: 'Move it away, or use another folder. Then try again.',
};
const FULL: Problem = {
  describe: (path) => `The disk of the folder ${dirname(path)} is full`,
  advice: 'Free some space on it and try again.',
};
const TOO_MANY_FILES: Problem = {
  describe: (path) => `${path} cannot be opened, because too many files are open`,
  advice: 'End some jobs, or raise the limit of open files (ulimit -n). Then try again.',
};

/** The problems with files that people can fix, by the code of the system (errno(3)). */
const PROBLEMS: Readonly<Record<string, Problem>> = {
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: DENIED,
  ENOTDIR: IN_THE_WAY,
  EEXIST: IN_THE_WAY,
  ENOSPC: FULL,
  EDQUOT: { ...FULL, describe: (path) => `The disk quota of the folder ${dirname(path)} is used up` },
  EFBIG: {
    describe: (path) => `The file ${path} cannot grow any more`,
    advice: 'Raise the limit of the size of files (ulimit -f) and try again.',
  },
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
  ENOENT: { describe: describeMissing, advice: 'Create it, or use another folder. Then try again.' },
  EISDIR: {
    describe: (path) => `${path} is a folder, not a file`,
    advice: 'Move it away and try again.',
  },
  ELOOP: {
    describe: (path) => `The symbolic link ${highest(path, isLoop) ?? path} leads back to itself`,
    advice: 'Correct the link, or use another folder. Then try again.',
  },
  ENAMETOOLONG: {
    describe: (path) => `The path ${clipMiddle(path)} is too long`,
    advice: 'Use a folder with a shorter path.',
  },
  EIO: {
    describe: (path) => `The disk reports an error for ${path}`,
    advice: 'Check the disk, or use another folder. Then try again.',
  },
};

/** System calls that change what is on the disk, and those that do not, as Node names them. */
const WRITES: ReadonlySet<string> = new Set(
  'write mkdir mkdtemp rename link symlink unlink rmdir rm ftruncate copyfile chmod utime'.split(' '),
);
const FILE_CALLS: ReadonlySet<string> = new Set([
  ...WRITES,
  ...'open close read scandir opendir stat lstat fstat statfs access readlink realpath fsync'.split(' '),
]);

/** Says in a sentence which file or folder a file system error is about, and what is wrong with it. */
export function describeFileError(error: unknown): string {
  const { code, message, path } = error as NodeJS.ErrnoException;
  const problem = problemOf(error);
  if (path === undefined || problem === undefined) return `${clipMiddle(message)}.`;
  return `${problem.describe(path, error as NodeJS.ErrnoException)} (${code}).`;
}

/** Says what to do about a file system error. Undefined if the error is something else, or not known. */
export function adviceForFileError(error: unknown): string | undefined {
  return problemOf(error)?.advice;
}

/** Runs an action on an open file. The system does not name the file in the errors of such actions, so this does. */
export function onFile<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw withPath(error, path);
  }
}

/** Does the same for an action that returns a promise. */
export async function onFileAsync<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw withPath(error, path);
  }
}

function withPath(error: unknown, path: string): unknown {
  if (error instanceof Error) (error as NodeJS.ErrnoException).path ??= path;
  return error;
}

/** Returns undefined if it is no error of the file system, or an unknown one. */
function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  return FILE_CALLS.has(syscall) ? PROBLEMS[code] : undefined;
}

function describeDenied(path: string, { code, syscall = '' }: NodeJS.ErrnoException): string {
  if (syscall === 'mkdir') return `The folder ${dirname(path)} cannot be written`;
  const closed = code === 'EROFS' ? undefined : highest(dirname(path), isClosed);
  if (closed !== undefined) return `The folder ${closed} cannot be entered`;
  if (syscall === 'open' && !existsSync(path)) return `The folder ${dirname(path)} cannot be written`;
  const isWrite = code === 'EROFS' || WRITES.has(syscall) || (syscall === 'open' && allows(path, 'R_OK'));
  const kind = syscall === 'scandir' ? 'folder' : 'file';
  return `The ${kind} ${path} cannot be ${isWrite ? 'written' : 'read'}`;
}

function describeMissing(path: string, { syscall }: NodeJS.ErrnoException): string {
  const missing = highest(dirname(path), (each) => !existsSync(each));
  if (missing !== undefined) return `The folder ${missing} does not exist`;
  // Some file systems, such as /proc, answer ENOENT to a new name in a folder that exists.
  return syscall === 'mkdir' ? `The folder ${path} cannot be created` : `The file ${path} does not exist`;
}

/** Returns what is a file where a folder is needed: the path itself, or the highest on the way to it. */
function blockingFile(path: string): string | undefined {
  return highest(path, (each) => {
    const stats = statSync(each, { throwIfNoEntry: false });
    return stats !== undefined && !stats.isDirectory();
  });
}

function isLoop(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && !existsSync(path);
}

function isClosed(path: string): boolean {
  return existsSync(path) && !allows(path, 'X_OK');
}

function allows(path: string, mode: 'R_OK' | 'X_OK'): boolean {
  try {
    accessSync(path, constants[mode]);
    return true;
  } catch {
    // The error is the answer.
    return false;
  }
}

/** Returns the highest folder on the way to a path, or the path itself, to which a condition applies. */
function highest(path: string, applies: (path: string) => boolean): string | undefined {
  const parent = dirname(path);
  const above = parent === path ? undefined : highest(parent, applies);
  return above ?? (safely(applies, path) ? path : undefined);
}

function safely(applies: (path: string) => boolean, path: string): boolean {
  try {
    return applies(path);
  } catch {
    // A folder above cannot be looked into.
    return false;
  }
}
