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
  if (isFile(cwd)) return `${cwd} is not a folder.`;
  const folderProblem = problemOf(cwd, 'entered');
  if (folderProblem !== undefined) return `The folder ${cwd} ${folderProblem}.`;
  const programProblem = problemOf(program, 'run');
  if (programProblem !== undefined) return `The ${name} ${program} ${programProblem}.`;
  if (code === 'ENOENT' && path === program)
    return `The interpreter that the first line of ${program} names does not exist.`;
  return `${message}.`;
}

function isFile(path: string): boolean {
  try {
    return !statSync(path).isDirectory();
  } catch {
    // problemOf() says what is wrong.
    return false;
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
