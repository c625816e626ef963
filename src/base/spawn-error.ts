import { accessSync, constants, statSync } from 'node:fs';

interface Spawned {
  /** Absolute path. */
  readonly program: string;
  /** What the user calls the program, such as "shell". */
  readonly name: string;
  readonly cwd: string;
}

/**
 * Says in a sentence why a program could not be started. The system answers with the same error code for the program and
 * for its working folder, and Node always names the program. So this checks which of them is the cause.
 */
export function describeSpawnError(error: unknown, { program, name, cwd }: Spawned): string {
  const { code, message, path } = error as NodeJS.ErrnoException;
  if (kindOf(cwd) === 'file') return `${cwd} is not a folder.`;
  const folderProblem = problemOf(cwd, 'entered');
  if (folderProblem !== undefined) return `The folder ${cwd} ${folderProblem}.`;
  const programProblem = problemOf(program, 'run');
  if (programProblem !== undefined) return `The ${name} ${program} ${programProblem}.`;
  if (kindOf(program) === 'folder') return `The ${name} ${program} is a folder.`;
  // It may name a program that sets the limits.
  if (code === 'EMFILE' || code === 'ENFILE')
    return `The ${name} ${program} cannot be started, because too many files are open (${code}). End some jobs and try again.`;
  if (code === 'ENOENT' && path === program)
    return `The interpreter that the first line of ${program} names does not exist.`;
  return `${message}.`;
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    // problemOf() says what is wrong.
    return undefined;
  }
}

/** @param use what the path is needed for, as a participle */
function problemOf(path: string, use: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'does not exist' : `cannot be ${use} (${code})`;
  }
}
