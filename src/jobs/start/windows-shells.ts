import { lstatSync } from 'node:fs';
import { win32 } from 'node:path';

/** Endings of programs that can be a shell. PATHEXT, which says which ones may be left out, also has those of scripts. */
const ENDINGS = ['.com', '.exe'];

/**
 * Returns the shell for commands on Windows: PowerShell 7, Windows PowerShell, cmd or Git Bash, the first that is there.
 *
 * @param isJudged whether the command policy must be able to read its commands. It reads those of bash.
 */
export function defaultWindowsShell(env: NodeJS.ProcessEnv, isJudged: boolean): string {
  const variables = caseless(env);
  const order = isJudged ? [gitBash, powerShell7] : [powerShell7, windowsPowerShell, commandPrompt, gitBash];
  for (const find of order) {
    const found = find(variables);
    if (found !== undefined) return found;
  }
  return 'powershell.exe';
}

/**
 * Returns the absolute path of a shell. Undefined if there is none.
 *
 * @param program a path, or a name with or without its ending. `bash` is Git Bash: the `bash.exe` of Windows itself runs
 *   commands in a virtual machine (WSL), where they cannot be stopped.
 */
export function findWindowsShell(program: string, env: NodeJS.ProcessEnv): string | undefined {
  const variables = caseless(env);
  const names = withEndings(program, variables.get('PATHEXT') ?? ENDINGS.join(';'));
  if (win32.isAbsolute(program)) return names.find(isProgram);
  if (/^bash(\.exe)?$/i.test(program)) return gitBash(variables) ?? onPath(names, variables);
  return onPath(names, variables);
}

type Variables = ReadonlyMap<string, string>;

function caseless(env: NodeJS.ProcessEnv): Variables {
  return new Map(Object.entries(env).map(([name, value = '']) => [name.toUpperCase(), value]));
}

function withEndings(program: string, pathExt: string): string[] {
  const endings = pathExt.toLowerCase().split(';');
  const added = endings.filter((ending) => ENDINGS.includes(ending)).map((ending) => program + ending);
  return ENDINGS.some((ending) => program.toLowerCase().endsWith(ending)) ? [program, ...added] : added;
}

/** Relative folders are ignored, and the current folder is not searched: see `findOnPath`. */
function onPath(names: readonly string[], variables: Variables): string | undefined {
  const folders = (variables.get('PATH') ?? '')
    .split(win32.delimiter)
    .map((folder) => folder.replace(/^"(.*)"$/, '$1'))
    .filter((folder) => win32.isAbsolute(folder));
  return folders.flatMap((folder) => names.map((name) => win32.join(folder, name))).find(isProgram);
}

function powerShell7(variables: Variables): string | undefined {
  const installed = inFolder(variables.get('PROGRAMFILES'), 'PowerShell', '7', 'pwsh.exe');
  return onPath(['pwsh.exe'], variables) ?? installed;
}

function windowsPowerShell(variables: Variables): string | undefined {
  const root = variables.get('SYSTEMROOT');
  return inFolder(root, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
}

function commandPrompt(variables: Variables): string | undefined {
  const own = variables.get('COMSPEC');
  if (own !== undefined && win32.isAbsolute(own) && isProgram(own)) return own;
  return inFolder(variables.get('SYSTEMROOT'), 'System32', 'cmd.exe');
}

/** Git for Windows keeps git.exe in `cmd` or `bin`, and its bash, which sets PATH for itself, in `bin`. */
function gitBash(variables: Variables): string | undefined {
  const git = onPath(['git.exe'], variables);
  const candidates = [
    inFolder(git === undefined ? undefined : win32.dirname(git), '..', 'bin', 'bash.exe'),
    inFolder(variables.get('PROGRAMFILES'), 'Git', 'bin', 'bash.exe'),
    inFolder(variables.get('LOCALAPPDATA'), 'Programs', 'Git', 'bin', 'bash.exe'),
    inFolder(variables.get('PROGRAMFILES(X86)'), 'Git', 'bin', 'bash.exe'),
  ];
  return candidates.find((path) => path !== undefined);
}

function inFolder(folder: string | undefined, ...names: readonly string[]): string | undefined {
  if (folder === undefined || !win32.isAbsolute(folder)) return undefined;
  const path = win32.join(folder, ...names);
  return isProgram(path) ? path : undefined;
}

/**
 * Returns true if there is a file. A program from the Store is an alias that cannot be opened, only run, so Node says that
 * it does not exist (https://github.com/nodejs/node/issues/36790) unless it is asked for the alias itself.
 */
function isProgram(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isDirectory();
}
