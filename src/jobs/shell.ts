import { existsSync } from 'node:fs';
import { basename, delimiter, isAbsolute, join } from 'node:path';

/** Shells that understand the POSIX command language (fish, csh and nushell do not). */
const POSIX_SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'ksh', 'mksh', 'ash', 'busybox']);

/** Those of them whose command lines the command policy reads. */
const JUDGED_SHELLS = new Set(['sh', 'bash', 'dash', 'ash']);

/**
 * The shell for commands: the user's own when it speaks POSIX, else bash, else sh. Windows: PowerShell.
 *
 * @param isJudged whether the command policy must be able to read its commands
 */
export function defaultShell(env: NodeJS.ProcessEnv, isJudged = false): string {
  if (process.platform === 'win32') return findOnPath('pwsh.exe', env) ?? 'powershell.exe';
  const own = env.SHELL;
  if (own !== undefined && (isJudged ? JUDGED_SHELLS : POSIX_SHELLS).has(basename(own)) && existsSync(own))
    return own;
  return findOnPath('bash', env) ?? '/bin/sh';
}

/** Absolute path of a program, or undefined when there is none. */
export function findOnPath(program: string, env: NodeJS.ProcessEnv): string | undefined {
  if (isAbsolute(program)) return existsSync(program) ? program : undefined;
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
