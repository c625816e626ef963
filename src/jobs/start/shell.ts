import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { basename, delimiter, isAbsolute, join } from 'node:path';
import { defaultWindowsShell, findWindowsShell } from './windows-shells.ts';

/** Shells that understand the POSIX command language. fish, csh and nushell do not. */
const POSIX_SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'ksh', 'mksh', 'ash', 'busybox']);

/** Those of them whose command lines the command policy can read. */
const JUDGED_SHELLS = new Set(['sh', 'bash', 'dash', 'ash']);

/**
 * Returns the shell for commands: the user's own if it is a POSIX shell, else bash, else sh. On Windows: PowerShell 7,
 * Windows PowerShell, cmd or Git Bash, the first that is there.
 *
 * @param isJudged whether the command policy must be able to read its commands
 */
export function defaultShell(env: NodeJS.ProcessEnv, isJudged = false): string {
  if (process.platform === 'win32') return defaultWindowsShell(env, isJudged);
  const own = env.SHELL;
  if (own !== undefined && (isJudged ? JUDGED_SHELLS : POSIX_SHELLS).has(basename(own)) && isProgram(own))
    return own;
  return findOnPath('bash', env) ?? '/bin/sh';
}

/**
 * Returns the absolute path of a program. Undefined if there is none. If an absolute path cannot be run, the start of the
 * job reports why.
 *
 * Relative folders in PATH are ignored, and on Windows the current folder is not searched, as the npm package `which`
 * does: a workspace must not decide which program is the shell.
 */
export function findOnPath(program: string, env: NodeJS.ProcessEnv): string | undefined {
  if (process.platform === 'win32') return findWindowsShell(program, env);
  if (isAbsolute(program)) return existsSync(program) ? program : undefined;
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, program)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // It does not exist, or this user may not run it.
    return false;
  }
}
