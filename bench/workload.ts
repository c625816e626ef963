/** The programs that jobs run: compiled from C on demand, or run by Node where there is no C compiler. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { ProcessInfo } from './processes.ts';
import { SHELL } from './shell.ts';

const run = promisify(execFile);
const SOURCES = join(import.meta.dirname, 'programs');
const LINE_BYTES = 100;
/** Digits of the line number, as in writer.c. */
const NUMBER_DIGITS = 12;

type ProgramName = 'reader' | 'ticker' | 'writer';
/** Only in C. */
type NativeName = ProgramName | 'terminal-reader';

export class Workload {
  /** Why the programs are not in C, or undefined if they are. */
  readonly fallback: string | undefined;
  readonly #argv: Record<ProgramName, string[]>;
  readonly #terminalReader: string | undefined;

  private constructor(argv: Record<ProgramName, string[]>, terminalReader?: string, fallback?: string) {
    this.#argv = argv;
    this.#terminalReader = terminalReader;
    this.fallback = fallback;
  }

  static async prepare(cacheFolder: string): Promise<Workload> {
    try {
      const compiled = async (name: ProgramName) => [await compile(name, cacheFolder)];
      const programs = {
        reader: await compiled('reader'),
        ticker: await compiled('ticker'),
        writer: await compiled('writer'),
      };
      return new Workload(programs, await compile('terminal-reader', cacheFolder));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall !== 'spawn cc') throw error;
      const interpreted = (name: ProgramName) => [process.execPath, join(SOURCES, `${name}.ts`)];
      return new Workload(
        { reader: interpreted('reader'), ticker: interpreted('ticker'), writer: interpreted('writer') },
        undefined,
        'There is no C compiler (cc): the programs of the jobs ran on Node, which slows the bare limit too.',
      );
    }
  }

  /** Shell command that writes `lines` lines `tick NUMBER NANOSECONDS`, one every `intervalMs` ms. */
  tick(lines: number, intervalMs: number): string {
    return this.#command('ticker', lines, intervalMs);
  }

  /** Shell command that writes `lines` lines of 100 bytes, `writeBytes` bytes at a time, every `intervalMs` ms. */
  write(lines: number, writeBytes: number, intervalMs = 0): string {
    return this.#command('writer', lines, writeBytes, intervalMs);
  }

  /** Program and arguments that run a shell command on a terminal and read it to the end. Empty without a C compiler. */
  readTerminal(command: string): string[] {
    return this.#terminalReader === undefined ? [] : [this.#terminalReader, command];
  }

  /** Shell command that reads standard input to the end. */
  read(): string {
    return this.#command('reader');
  }

  /** Whether the process belongs to a job and not to the server: one of the programs or the shell around it. */
  isJobProcess({ argv }: ProcessInfo): boolean {
    return Object.values(this.#argv).some((program) => {
      const path = program.at(-1) ?? '';
      return argv.includes(path) || (isShell(argv) && argv.some((word) => word.includes(path)));
    });
  }

  #command(name: ProgramName, ...args: number[]): string {
    return [...this.#argv[name], ...args.map(String)].map(quote).join(' ');
  }
}

/** A server that starts jobs may have the same words in its own arguments. */
export function isShell(argv: readonly string[]): boolean {
  return basename(argv[0] ?? '') === basename(SHELL);
}

/** Number of whole lines of the writer that fit into `bytes`. */
export function linesOf(bytes: number): number {
  return Math.floor(bytes / LINE_BYTES);
}

/** The last of `lines` lines of the writer, without the newline. */
export function lastLine(lines: number): string {
  return String(lines - 1).padStart(NUMBER_DIGITS, '0') + ' ' + 'x'.repeat(LINE_BYTES - NUMBER_DIGITS - 2);
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

async function compile(name: NativeName, cacheFolder: string): Promise<string> {
  const source = join(SOURCES, `${name}.c`);
  const hash = createHash('sha256')
    .update(await readFile(source))
    .digest('hex')
    .slice(0, 16);
  const program = join(cacheFolder, 'programs', `${name}-${hash}`);
  if (existsSync(program)) return program;
  await mkdir(join(cacheFolder, 'programs'), { recursive: true });
  const folder = await mkdtemp(join(cacheFolder, 'programs', 'compiling-'));
  try {
    await run('cc', ['-O2', '-o', join(folder, name), source]);
    await rename(join(folder, name), program);
  } finally {
    await rm(folder, { recursive: true });
  }
  return program;
}
