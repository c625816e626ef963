import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { Journal } from '../../src/protocol/journal.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { endProcess } from '../support/runner.ts';

function storageRoot(userDataDir: string): string {
  return join(userDataDir, 'User', 'globalStorage', 'agent-tools.background-jobs', 'workspaces');
}

function findStorages(userDataDir: string): string[] {
  const root = storageRoot(userDataDir);
  return (existsSync(root) ? readdirSync(root) : []).map((name) => join(root, name));
}

/** Returns the storage folder that has jobs, or any. */
export function findStorage(userDataDir: string): string {
  const found = findStorages(userDataDir);
  return found.find((path) => new Journal(path).read().jobs.size > 0) ?? found[0] ?? storageRoot(userDataDir);
}

/** Ends the runners with their jobs. One that has outlived its extension host does not end with VS Code. */
export async function endRunners(userDataDir: string): Promise<void> {
  for (const storage of findStorages(userDataDir)) {
    for (const { address } of await findRunners(storage, systemProcessTable())) await endProcess(address.pid);
  }
}
