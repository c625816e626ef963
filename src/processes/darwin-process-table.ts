import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessDetails, ProcessInfo, ProcessTable } from './process-table.ts';

const run = promisify(execFile);

/** macOS and the BSDs: asks ps(1), lsof(8) and sysctl(8). */
export const darwin: ProcessTable = {
  async list() {
    const all = parseList(await output('ps', ['-axww', '-o', LIST_COLUMNS]));
    // We run ourselves: a list without anybody is none, and must not be taken for the end of all.
    if (all.length === 0) throw new Error('ps lists no process.');
    return all;
  },
  async withVariable(processes, assignment) {
    if (processes.length === 0) return [];
    const pids = processes.map(({ pid }) => pid).join(',');
    // -E appends the environment to the command.
    const text = await output('ps', ['-Eww', '-o', 'pid=,command=', '-p', pids]);
    const found = parseWithVariable(text, assignment);
    return processes.filter(({ pid }) => found.has(pid));
  },
  async find(pid) {
    return parseList(await output('ps', ['-ww', '-o', LIST_COLUMNS, '-p', String(pid)]))[0];
  },
  async details(pid) {
    return parseDetails(await output('ps', ['-ww', '-o', 'rss=,time=,command=', '-p', String(pid)]));
  },
  async listeningPorts(pids) {
    if (pids.length === 0) return [];
    return parsePorts(
      await output('lsof', ['-nP', '-a', '-iTCP', '-sTCP:LISTEN', '-Fn', '-p', pids.join(',')]),
    );
  },
  async bootId() {
    // The time of the boot changes whenever the clock is set. Only macOS has the first.
    const session = (await output('sysctl', ['-n', 'kern.bootsessionuuid'])).trim();
    return session === '' ? (await output('sysctl', ['-n', 'kern.boottime'])).trim() : session;
  },
};

const LIST_COLUMNS = 'pid=,ppid=,pgid=,state=,lstart=';

/** `lstart` has blanks in it and a resolution of 1 s. */
export function parseList(text: string): ProcessInfo[] {
  return text.split('\n').flatMap((line) => {
    const [pid, parent, group, state, ...started] = line.trim().split(/\s+/);
    if (state === undefined || state.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), started: started.join(' ') }];
  });
}

export function parseWithVariable(text: string, assignment: string): Set<number> {
  const lines = text.split('\n').filter((line) => ` ${line} `.includes(` ${assignment} `));
  return new Set(lines.map((line) => Number.parseInt(line, 10)));
}

export function parseDetails(text: string): ProcessDetails | undefined {
  const match = /^\s*(\d+)\s+([\d:.-]+)\s+(.*)$/m.exec(text);
  if (match === null) return undefined;
  const [, kibibytes, time, command] = match;
  // [days-][hours:]minutes:seconds
  const parts = (time ?? '').split(/[-:]/).reverse().map(Number);
  const [seconds = 0, minutes = 0, hours = 0, days = 0] = parts;
  return {
    command: command ?? '',
    cpuMs: Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000),
    memoryBytes: Number(kibibytes) * 1024,
  };
}

/** Lines of lsof -Fn: `p` pid, `f` descriptor, `n` name such as `*:3000` or `[::1]:3000`. */
export function parsePorts(text: string): number[] {
  const ports = [...text.matchAll(/^n.*:(\d+)$/gm)].map((match) => Number(match[1]));
  return [...new Set(ports)].sort((a, b) => a - b);
}

/**
 * What the tool prints, also when it fails, as it does when a process that was asked for is gone.
 *
 * @throws the system's error when it cannot be run (EAGAIN, EMFILE): that tells nothing of any process
 */
async function output(tool: string, args: string[]): Promise<string> {
  const options = { env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 64 * 1024 * 1024 };
  try {
    return (await run(tool, args, options)).stdout;
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string };
    if (typeof code === 'number') return stdout ?? '';
    throw error;
  }
}
