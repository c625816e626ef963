import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessTable } from './process-table.ts';

const run = promisify(execFile);

interface Row {
  readonly ProcessId: number;
  readonly ParentProcessId: number;
  readonly Started: string;
  readonly CommandLine: string | null;
  readonly CpuTicks: number;
  readonly WorkingSetSize: number;
}

/** Windows: asks PowerShell for Win32_Process. There are no groups, and environments cannot be read. */
export const windows: ProcessTable = {
  async list() {
    const all = (await processes()).map(toInfo);
    // We run ourselves: a list without anybody is none, and must not be taken for the end of all.
    if (all.length === 0) throw new Error('PowerShell lists no process.');
    return all;
  },
  async withVariable() {
    return [];
  },
  async find(pid) {
    return (await processes(pid)).map(toInfo)[0];
  },
  async details(pid) {
    const [row] = await processes(pid);
    if (row === undefined) return undefined;
    // Kernel and user time are counted in units of 100 ns.
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
    // Not the time of the boot, which changes when the clock is set: the start of a process, to 100 ns, is enough.
    return 'windows';
  },
};

function toInfo(row: Row): { pid: number; parent: number; group: number; started: string } {
  return { pid: row.ProcessId, parent: row.ParentProcessId, group: 0, started: row.Started };
}

async function processes(pid?: number): Promise<Row[]> {
  const filter = pid === undefined ? '' : ` -Filter 'ProcessId=${pid}'`;
  const script =
    `Get-CimInstance Win32_Process${filter} | Select-Object ProcessId,ParentProcessId,CommandLine,WorkingSetSize,` +
    `@{n='Started';e={[string]$_.CreationDate.Ticks}},@{n='CpuTicks';e={$_.KernelModeTime+$_.UserModeTime}}` +
    ' | ConvertTo-Json -Compress';
  return parseRows(await powershell(script));
}

/** ConvertTo-Json prints a lone object when there is just one. */
export function parseRows(json: string): Row[] {
  if (json.trim() === '') return [];
  const value = JSON.parse(json) as Row | Row[];
  return Array.isArray(value) ? value : [value];
}

/** @throws the system's error when PowerShell cannot be run: that tells nothing of any process */
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
