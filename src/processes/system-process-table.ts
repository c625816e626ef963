import { darwin } from './darwin-process-table.ts';
import { linux } from './linux-process-table.ts';
import type { ProcessTable } from './process-table.ts';
import { windows } from './windows-process-table.ts';

export function systemProcessTable(): ProcessTable {
  if (process.platform === 'linux') return linux;
  return process.platform === 'win32' ? windows : darwin;
}
