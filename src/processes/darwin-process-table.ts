import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { COOKIE } from './job-cookie.ts';
import { sendPosixSignal } from './posix-signals.ts';
import type { InheritedTags, ProcessDetails, ProcessInfo, ProcessTable } from './process-table.ts';

const run = promisify(execFile);

/** macOS and the BSDs: runs ps(1), lsof(8) and sysctl(8). */
export const darwin: ProcessTable = {
  async list() {
    const all = parseList(await output('ps', ['-axww', ...LIST_COLUMNS]));
    // This process runs, so an empty list is a failure. It must not pass for the end of all processes.
    if (all.length === 0) throw new Error('ps lists no process.');
    return all;
  },
  async readTags(processes) {
    if (processes.length === 0) return new Map();
    const pids = processes.map(({ pid }) => pid).join(',');
    // -E appends the environment to the command.
    return parseTags(await output('ps', ['-Eww', ...columns('pid', 'command'), '-p', pids]));
  },
  async find(pid) {
    return parseList(await output('ps', ['-ww', ...LIST_COLUMNS, '-p', String(pid)]))[0];
  },
  async details(pid) {
    return parseDetails(await output('ps', ['-ww', ...columns('rss', 'time', 'command'), '-p', String(pid)]));
  },
  async listeningPorts(pids) {
    if (pids.length === 0) return [];
    return parsePorts(
      await output('lsof', ['-nP', '-a', '-iTCP', '-sTCP:LISTEN', '-Fn', '-p', pids.join(',')]),
    );
  },
  async bootId() {
    // Only macOS has the first one. The second changes whenever the clock is set.
    const session = (await output('sysctl', ['-n', 'kern.bootsessionuuid'])).trim();
    return session === '' ? (await output('sysctl', ['-n', 'kern.boottime'])).trim() : session;
  },
  send: sendPosixSignal,
};

const LIST_COLUMNS = columns('pid', 'ppid', 'pgid', 'state', 'lstart');
/** Where macOS has lsof and sysctl. Some users do not have it in their PATH. */
const ADMIN_FOLDER = '/usr/sbin';

/** Columns without headers. Behind `=`, BSD takes the rest of an option as a header, so each column has its own option. */
function columns(...names: readonly string[]): string[] {
  return names.flatMap((name) => ['-o', `${name}=`]);
}

/** `lstart` contains blanks and has a resolution of 1 s. `sess` is always 0 on macOS. */
export function parseList(text: string): ProcessInfo[] {
  return text.split('\n').flatMap((line) => {
    const [pid, parent, group, state, ...started] = line.trim().split(/\s+/);
    if (state === undefined || state.startsWith('Z')) return [];
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        session: Number(group),
        started: started.join(' '),
        isStopped: state.startsWith('T'),
      },
    ];
  });
}

export function parseTags(text: string): Map<number, InheritedTags> {
  const assignment = new RegExp(` ${COOKIE}=(\\S*)`, 'g');
  return new Map(
    text.split('\n').flatMap((line) => {
      // An argument of the command may look the same, and comes first.
      const cookie = [...line.matchAll(assignment)].at(-1)?.[1];
      return cookie === undefined ? [] : [[Number.parseInt(line, 10), { cookie }]];
    }),
  );
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

/** Reads the lines of lsof -Fn: `p` pid, `f` descriptor, `n` name such as `*:3000` or `[::1]:3000`. */
export function parsePorts(text: string): number[] {
  const ports = [...text.matchAll(/^n.*:(\d+)$/gm)].map((match) => Number(match[1]));
  return [...new Set(ports)].sort((a, b) => a - b);
}

/**
 * Returns what a tool prints, even if it fails: it does when a process that it was asked about is gone.
 *
 * @throws the system's error if the tool cannot be run (EAGAIN, EMFILE): then nothing is known
 */
async function output(tool: string, args: string[]): Promise<string> {
  const { PATH = '' } = process.env;
  const env = {
    ...process.env,
    PATH: `${PATH}:${ADMIN_FOLDER}`,
    LC_ALL: 'C',
    // Start times are compared as text. In local time they would change with the time zone of the system.
    TZ: 'UTC0',
  };
  const options = { env, maxBuffer: 64 * 1024 * 1024 };
  try {
    return (await run(tool, args, options)).stdout;
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string };
    if (typeof code === 'number') return stdout ?? '';
    throw error;
  }
}
