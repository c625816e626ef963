import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { commandLine, type ShellKind } from './shell-quoting.ts';

/** Who runs a file without a shebang. The menu of the Explorer is offered for these; a test compares. */
export const INTERPRETERS: Readonly<Record<string, string>> = {
  '.sh': 'sh',
  '.bash': 'bash',
  '.zsh': 'zsh',
  '.py': process.platform === 'win32' ? 'python' : 'python3',
  '.js': 'node',
  '.mjs': 'node',
  '.cjs': 'node',
};

/** More (bytes) than Linux reads of a shebang (execve(2)). */
const MAX_SHEBANG = 256;

/**
 * The command that runs a script in its own folder: the script itself when the system can start it, else what its
 * shebang names, else what its ending tells. Undefined when nobody is known to run it.
 *
 * @throws the system's error when it cannot be read
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

/** The program and at most one argument, as the system takes them. */
function readShebang(path: string): readonly [string, ...string[]] | undefined {
  const buffer = Buffer.alloc(MAX_SHEBANG);
  const file = openSync(path, 'r');
  let length: number;
  try {
    length = readSync(file, buffer, 0, MAX_SHEBANG, 0);
  } finally {
    closeSync(file);
  }
  const [, program, argument] =
    /^#![ \t]*([^ \t\r\n]+)(?:[ \t]+([^\r\n]+))?/.exec(buffer.toString('utf8', 0, length)) ?? [];
  if (program === undefined) return undefined;
  return argument === undefined ? [program] : [program, argument.trimEnd()];
}
