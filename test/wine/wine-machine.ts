import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { copyKoffi } from '../../native-modules.ts';
import { NATIVE_TARGETS } from '../../native-targets.ts';
import { UNDER_WINE } from '../windows/session.ts';
import type { Wine } from './install-wine.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** How long the processes may take to end by themselves on a busy machine. */
const END_TIMEOUT_MS = 120_000;
/** What Wine prints when its server crashes, which version 8 does now and then. Then its programs wait forever. */
const SERVER_CRASH = 'wineserver crashed';
const CRASH_LOOK_INTERVAL_MS = 500;
const LOOK_INTERVAL_MS = 50;

/** The fault is one of Wine, not of the program. */
export class WineCrash extends Error {}

/** A new Windows, with a copy of this repository. */
export class WineMachine {
  readonly #wine: Wine;
  readonly #folder: string;
  readonly #prefix: string;
  /** The file with the output of the last program. */
  readonly #output: string;

  /** @param folder an empty one, which the caller removes */
  static async create(wine: Wine, folder: string): Promise<WineMachine> {
    const machine = new WineMachine(wine, folder);
    copyPrefix(wine.template, machine.#prefix);
    await stageRepository(machine.repository);
    return machine;
  }

  private constructor(wine: Wine, folder: string) {
    this.#wine = wine;
    this.#folder = folder;
    this.#prefix = join(folder, 'prefix');
    this.#output = join(folder, 'output.txt');
  }

  /** Where the repository is, with the native code for Windows in `dist` and `node_modules`. */
  get repository(): string {
    return join(this.#folder, 'repository');
  }

  /**
   * Runs Node. Its output goes to a file, since Wine cannot use sockets of Linux as stdio.
   *
   * @returns the exit code and the output
   * @throws WineCrash
   */
  async runNode(
    args: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ code: number | null; output: string }> {
    const path = this.#output;
    const output = openSync(path, 'w');
    const crash = new AbortController();
    const look = setInterval(() => {
      if (readFileSync(path, 'utf8').includes(SERVER_CRASH)) crash.abort();
    }, CRASH_LOOK_INTERVAL_MS);
    try {
      const child = spawn(this.#wine.loader, [this.#wine.node, ...args], {
        cwd: this.repository,
        env: {
          ...process.env,
          ...this.#wine.env,
          WINEPREFIX: this.#prefix,
          // Its server leaves a folder there.
          TMPDIR: this.#folder,
          NODE_OPTIONS: '',
          [UNDER_WINE]: '1',
        },
        stdio: ['ignore', output, output],
        signal: AbortSignal.any([crash.signal, ...(signal === undefined ? [] : [signal])]),
        killSignal: 'SIGKILL',
      });
      const code = await exitOf(child);
      if (!crash.signal.aborted) return { code, output: readFileSync(path, 'utf8') };
    } finally {
      clearInterval(look);
      closeSync(output);
    }
    for (const { pid } of this.#processes()) killIfAlive(pid);
    throw new WineCrash('The server of Wine has crashed.');
  }

  /** Resolves when a program has printed a text. */
  async untilPrinted(text: string): Promise<void> {
    while (!readFileSync(this.#output, 'utf8').includes(text))
      await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
  }

  /** Makes the server of Wine crash. */
  crashServer(): void {
    for (const { pid, command } of this.#processes())
      if (command.includes('wineserver')) process.kill(pid, 'SIGSEGV');
  }

  /** Waits for the end of its processes, and kills those that do not end. @returns the command lines of these */
  async close(): Promise<string[]> {
    const deadline = performance.now() + END_TIMEOUT_MS;
    let left = this.#processes();
    while (left.length > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
      left = this.#processes();
    }
    for (const { pid } of left) killIfAlive(pid);
    // Those that Wine itself has started end with the last program, but not at once.
    return left.map(({ command }) => command).filter((command) => /node\.exe|cmd\.exe|ping/.test(command));
  }

  #processes(): { pid: number; command: string }[] {
    return readdirSync('/proc')
      .filter(
        (name) => /^\d+$/.test(name) && readProc(name, 'environ').includes(`WINEPREFIX=${this.#prefix}\0`),
      )
      .map((name) => ({ pid: Number(name), command: readProc(name, 'cmdline').replaceAll('\0', ' ') }));
  }
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  } catch {
    // It was aborted.
    return null;
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended since it was found.
  }
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    // It is gone, or belongs to another user.
    return '';
  }
}

/** Copies what programs change, and links to the rest: 700 MB of DLLs. */
function copyPrefix(template: string, prefix: string): void {
  const windows = join('drive_c', 'windows');
  mkdirSync(join(prefix, windows, 'temp'), { recursive: true });
  for (const name of readdirSync(join(template, windows)).filter((each) => each !== 'temp'))
    symlinkSync(join(template, windows, name), join(prefix, windows, name));
  for (const name of readdirSync(join(template, 'drive_c')).filter((each) => each !== 'windows'))
    cpSync(join(template, 'drive_c', name), join(prefix, 'drive_c', name), { recursive: true });
  for (const name of readdirSync(template).filter((each) => /\.reg$|^\.update-timestamp$/.test(each)))
    cpSync(join(template, name), join(prefix, name));
  mkdirSync(join(prefix, 'dosdevices'));
  for (const name of readdirSync(join(template, 'dosdevices')))
    symlinkSync(readlinkSync(join(template, 'dosdevices', name)), join(prefix, 'dosdevices', name));
}

/** Links to the sources and the packages, and copies what has another native module on Windows. */
async function stageRepository(folder: string): Promise<void> {
  const target = NATIVE_TARGETS['win32-x64']!;
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const name of ['src', 'test', 'bench', 'package.json'])
    symlinkSync(join(ROOT, name), join(folder, name));
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter(
    (each) => !/^(koffi|@koromix)$/.test(each),
  ))
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), {
    recursive: true,
    filter: (path) => !/dist.node_modules$|\.vsix$|\.map$/.test(path),
  });
  for (const modules of ['dist/node_modules', 'node_modules']) await copyKoffi(target, join(folder, modules));
}
