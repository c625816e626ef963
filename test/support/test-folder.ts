import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long (ms) processes that are about to end may take. */
const PATIENCE = 5000;

/** The folder of temporary files of one test run. Whoever has it in the environment belongs to the run. */
export interface TestFolder {
  readonly path: string;
  /** Ends the run. @returns what it left behind, each in words; it is cleared away */
  close(): Promise<string[]>;
}

/** Makes the folder, and has this process and its children use it for all temporary files and state. */
export function openTestFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'background-jobs-test-'));
  Object.assign(process.env, { TMPDIR: path, XDG_STATE_HOME: join(path, 'state') });
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
  for (const { pid } of processes) process.kill(pid, 'SIGKILL');
  // Node's own compile cache and the like are no business of ours; what we make begins with bgj-.
  const files = readdirSync(path).filter((name) => name.startsWith('bgj-') || name.startsWith('test-'));
  rmSync(path, { recursive: true, force: true });
  return [...processes.map(({ pid, command }) => `process ${pid}: ${command}`), ...files];
}

/** Processes of the run, found by their environment (Linux only; elsewhere none is found). */
function findProcesses(path: string): { pid: number; command: string }[] {
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'latin1');
    } catch {
      return '';
    }
  };
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return names
    .map(Number)
    .filter((pid) => pid !== process.pid && read(`/proc/${pid}/environ`).includes(`TMPDIR=${path}`))
    .map((pid) => ({ pid, command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') }));
}
