import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { TestContext } from './test.ts';
import { until } from './until.ts';

/** Writes files and tasks.json, and waits until VS Code knows the tasks. @returns the folder */
export async function writeTasks(
  t: TestContext,
  tasks: readonly Readonly<Record<string, unknown>>[],
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  const all = { ...files, '.vscode/tasks.json': JSON.stringify({ version: '2.0.0', tasks }) };
  for (const [name, text] of Object.entries(all)) {
    const path = join(folder, name);
    t.after(() => rmSync(join(folder, name.split('/', 1)[0]!), { recursive: true, force: true }));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const labels = [...new Set(tasks.map(({ label }) => label))].sort();
  await until('VS Code has read the tasks', async () => {
    const found = (await vscode.tasks.fetchTasks()).filter(({ source }) => source === 'Workspace');
    return JSON.stringify([...new Set(found.map(({ name }) => name))].sort()) === JSON.stringify(labels);
  });
  return folder;
}
