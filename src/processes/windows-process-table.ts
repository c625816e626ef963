import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessInfo, ProcessTable } from './process-table.ts';

const run = promisify(execFile);

interface Row {
  readonly ProcessId: number;
  readonly ParentProcessId: number;
  readonly Started: string;
  readonly CommandLine: string | null;
  readonly CpuTicks: number;
  readonly WorkingSetSize: number;
}

/** Windows: asks PowerShell for Win32_Process. There are no process groups, and environments cannot be read. */
export const windows: ProcessTable = {
  async list() {
    const all = (await processes()).map(toInfo);
    // This process runs, so an empty list is a failure. It must not pass for the end of all processes.
    if (all.length === 0) throw new Error('PowerShell lists no process.');
    return all;
  },
  async readTags() {
    return new Map();
  },
  async find(pid) {
    return (await processes(pid)).map(toInfo)[0];
  },
  async details(pid) {
    const [row] = await processes(pid);
    if (row === undefined) return undefined;
    // The unit of kernel and user time is 100 ns.
    return { command: row.CommandLine ?? '', cpuMs: row.CpuTicks / 10_000, memoryBytes: row.WorkingSetSize };
  },
  async listeningPorts(pids) {
    if (pids.length === 0) return [];
    const script = `Get-NetTCPConnection -State Listen -OwningProcess ${pids.join(',')} | ForEach-Object LocalPort`;
    return [...new Set((await powershell(script)).split(/\s+/).filter(Boolean).map(Number))].sort(
      (a, b) => a - b,
    );
  },
  async bootId() {
    // The time of the boot changes when the clock is set. Start times are exact to 100 ns, so they suffice.
    return 'windows';
  },
};

function toInfo(row: Row): ProcessInfo {
  return {
    pid: row.ProcessId,
    parent: row.ParentProcessId,
    group: 0,
    session: 0,
    started: row.Started,
    isStopped: false,
  };
}

async function processes(pid?: number): Promise<Row[]> {
  const filter = pid === undefined ? '' : ` -Filter 'ProcessId=${pid}'`;
  const script =
    `Get-CimInstance Win32_Process${filter} | Select-Object ProcessId,ParentProcessId,CommandLine,WorkingSetSize,` +
    `@{n='Started';e={[string]$_.CreationDate.Ticks}},@{n='CpuTicks';e={$_.KernelModeTime+$_.UserModeTime}}` +
    ' | ConvertTo-Json -Compress';
  return parseRows(await powershell(script));
}

/** ConvertTo-Json prints a lone object, not an array, if there is only one. */
export function parseRows(json: string): Row[] {
  if (json.trim() === '') return [];
  const value = JSON.parse(json) as Row | Row[];
  return Array.isArray(value) ? value : [value];
}

/** @throws the system's error if PowerShell cannot be run: then nothing is known */
async function powershell(script: string): Promise<string> {
  const args = ['-NoProfile', '-NonInteractive', '-Command', script];
  try {
    return (await run('powershell.exe', args, { windowsHide: true, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string };
    if (typeof code === 'number') return stdout ?? '';
    throw error;
  }
}
