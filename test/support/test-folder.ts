import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { removeFolder } from '../../src/base/remove-folder.ts';
import { COOKIE } from '../../src/processes/job-cookie.ts';

/** How long (ms) processes that are about to end may take. */
const PATIENCE = 5000;

/** Marks the processes of a run, also those that take another folder for temporary files. */
const MARK = 'BACKGROUND_JOBS_TEST_RUN';

/** The folder of temporary files of one test run. Whoever has it in the environment belongs to the run. */
export interface TestFolder {
  readonly path: string;
  /** Ends the run. @returns what it left behind, each in words; it is cleared away */
  close(): Promise<string[]>;
}

/** Makes the folder, and has this process and its children use it for all temporary files and state. */
export function openTestFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'background-jobs-test-'));
  Object.assign(process.env, { TMPDIR: path, XDG_STATE_HOME: join(path, 'state'), [MARK]: path });
  delete process.env.XDG_RUNTIME_DIR;
  return { path, close: () => close(path) };
}

async function close(path: string): Promise<string[]> {
  const deadline = performance.now() + PATIENCE;
  let processes = findProcesses(path);
  while (processes.length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    processes = findProcesses(path);
  }
  const sockets = findSockets(path);
  for (const { pid } of processes) process.kill(pid, 'SIGKILL');
  const files = findFiles(path);
  removeFolder(path);
  return [...processes.map(({ words }) => words), ...sockets, ...files];
}

/** Processes of the run, found by their environment (Linux only; elsewhere none is found). */
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

/** Unix sockets that somebody still listens on or is connected to, whether or not their files are there. */
function findSockets(path: string): string[] {
  const names = read('/proc/net/unix').split('\n').slice(1);
  const paths = names.map((line) => line.trim().split(/\s+/)[7] ?? '');
  return [...new Set(paths.filter((each) => each.startsWith(`${path}/`)))].map((each) => `socket ${each}`);
}

/** Node's own compile cache and the like are no business of ours; what we make begins with bgj-, tests' with test-. */
function findFiles(path: string): string[] {
  const outermost = namesIn(path).filter((name) => name.startsWith('test-'));
  // What lies in it tells whose it is.
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
    return [];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
