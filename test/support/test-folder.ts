import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { removeFolder } from '../../src/base/remove-folder.ts';
import { COOKIE } from '../../src/processes/job-cookie.ts';

/** How long processes that are about to exit may take on a busy machine. */
const EXIT_TIMEOUT_MS = 30_000;

/** Marks the processes of a run, also those with another folder for temporary files. */
const MARK = 'BACKGROUND_JOBS_TEST_RUN';

/** The folder for temporary files of one test run. Processes with it in their environment belong to the run. */
export interface TestFolder {
  readonly path: string;
  /** Ends the run, and cleans up what it left behind. @returns a description of each leftover */
  close(): Promise<string[]>;
}

/** Creates the folder. This process and its children use it for all temporary files and state. */
export function openTestFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'background-jobs-test-'));
  // Some tests run a program as another user in a folder below it.
  chmodSync(path, 0o711);
  useEmptyHome(join(path, 'home'));
  Object.assign(process.env, { TMPDIR: path, XDG_STATE_HOME: join(path, 'state'), [MARK]: path });
  delete process.env.XDG_RUNTIME_DIR;
  return { path, close: () => close(path) };
}

/** Variables that name files of the user. */
const USER_FILES = ['BASH_ENV', 'ENV', 'ZDOTDIR', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME'];

/** Keeps shells and programs from the user's files, such as a .bashrc that waits for a lock. Downloads stay in the user's cache. */
function useEmptyHome(home: string): void {
  mkdirSync(home);
  const real = homedir();
  process.env.XDG_CACHE_HOME ??= join(real, '.cache');
  process.env.npm_config_userconfig ??= join(real, '.npmrc');
  process.env.npm_config_cache ??= join(real, '.npm');
  process.env.HOME = home;
  for (const name of USER_FILES) Reflect.deleteProperty(process.env, name);
}

async function close(path: string): Promise<string[]> {
  const deadline = performance.now() + EXIT_TIMEOUT_MS;
  let processes = findProcesses(path);
  while (processes.length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    processes = findProcesses(path);
  }
  const sockets = findSockets(path);
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended since then.
    }
  }
  const files = findFiles(path);
  removeFolder(path);
  return [...processes.map(({ words }) => words), ...sockets, ...files];
}

/** Finds the processes of the run by their environment. Finds none except on Linux. */
function findProcesses(path: string): { pid: number; words: string }[] {
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const variables = read(`/proc/${name}/environ`).split('\0');
      if (!variables.some((each) => each === `TMPDIR=${path}` || each === `${MARK}=${path}`)) return [];
      const job = variables.find((each) => each.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
      const command = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ');
      return [{ pid: Number(name), words: `process ${name}${job ? ` of job ${job}` : ''}: ${command}` }];
    });
}

/** Finds the unix sockets that are still open, whether or not their files exist. */
function findSockets(path: string): string[] {
  const names = read('/proc/net/unix').split('\n').slice(1);
  const paths = names.map((line) => line.trim().split(/\s+/)[7] ?? '');
  return [...new Set(paths.filter((each) => each.startsWith(`${path}/`)))].map((each) => `socket ${each}`);
}

/** Finds our files, which begin with bgj-, and those of tests, which begin with test-. Others, such as caches, may stay. */
function findFiles(path: string): string[] {
  const outermost = namesIn(path).filter((name) => name.startsWith('test-'));
  // The content shows which test created it.
  const inside = outermost.flatMap((name) => allIn(join(path, name)).slice(0, 5));
  const ours = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => {
    return basename(name).startsWith('bgj-');
  });
  return [...outermost, ...inside, ...ours].map((name) => `file ${name}`);
}

function allIn(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.map((name) => join(basename(folder), name));
  } catch {
    // It is a file, or it is gone.
    return [];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // There is no such folder on this system.
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // The process is gone, or belongs to another user.
    return '';
  }
}
