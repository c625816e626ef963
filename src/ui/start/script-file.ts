import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { commandLine, type ShellKind } from './shell-quoting.ts';

/** Programs that run files without a shebang. A test compares them with the Explorer menu in the manifest. */
export const INTERPRETERS: Readonly<Record<string, string>> = {
  '.sh': 'sh',
  '.bash': 'bash',
  '.zsh': 'zsh',
  '.py': process.platform === 'win32' ? 'python' : 'python3',
  '.js': 'node',
  '.mjs': 'node',
  '.cjs': 'node',
};

/** Linux reads no more of a shebang: execve(2). */
const MAX_SHEBANG_BYTES = 256;

/**
 * Returns the command that runs a script in its folder: the script itself if it is executable, otherwise the program of
 * its shebang, otherwise the program for its file extension.
 *
 * @returns undefined if no program is known
 * @throws the system's error if the file cannot be read
 */
export function scriptCommand(path: string, kind: ShellKind): string | undefined {
  const file = `./${basename(path)}`;
  const shebang = process.platform === 'win32' ? undefined : readShebang(path);
  if (shebang !== undefined) {
    const isExecutable = (statSync(path).mode & 0o111) !== 0;
    return commandLine(isExecutable ? [file] : [...shebang, file], kind);
  }
  const interpreter = INTERPRETERS[extname(path).toLowerCase()];
  return interpreter === undefined ? undefined : commandLine([interpreter, file], kind);
}

/** Returns the program and at most one argument, like execve(2). */
function readShebang(path: string): readonly [string, ...string[]] | undefined {
  const buffer = Buffer.alloc(MAX_SHEBANG_BYTES);
  const file = openSync(path, 'r');
  let length: number;
  try {
    length = readSync(file, buffer, 0, MAX_SHEBANG_BYTES, 0);
  } finally {
    closeSync(file);
  }
  const [, program, argument] =
    /^#![ \t]*([^ \t\r\n]+)(?:[ \t]+([^\r\n]+))?/.exec(buffer.toString('utf8', 0, length)) ?? [];
  if (program === undefined) return undefined;
  return argument === undefined ? [program] : [program, argument.trimEnd()];
}
