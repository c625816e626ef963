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
    return (await processes()).map(toInfo);
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
    return (await powershell('(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.Ticks')).trim();
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

async function powershell(script: string): Promise<string> {
  try {
    const args = ['-NoProfile', '-NonInteractive', '-Command', script];
    return (await run('powershell.exe', args, { windowsHide: true, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch {
    return '';
  }
}
