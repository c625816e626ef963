import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { TestContext } from '../inside/test.ts';
import { test } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import { callTool, endJobs, fact } from './tools.ts';

const section = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('backgroundJobs');

/** Sets a list in the user settings until the test ends. */
async function setList(t: TestContext, name: string, patterns: unknown): Promise<void> {
  await section().update(name, patterns, vscode.ConfigurationTarget.Global);
  t.after(() => section().update(name, undefined, vscode.ConfigurationTarget.Global));
}

/** Writes settings into the workspace folder, as a repository can contain them, until the test ends. */
function bringSettings(t: TestContext, settings: Readonly<Record<string, unknown>>): void {
  const { fsPath } = vscode.workspace.workspaceFolders![0]!.uri;
  const file = join(fsPath, '.vscode', 'settings.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(settings));
  t.after(() => rmSync(file));
}

test('applies changed lists immediately to starts, restarts and input', async (t) => {
  t.after(endJobs);
  const first = await callTool('execute', { command: 'read x; echo "got $x"' });
  await setList(t, 'deniedCommands', ['^read']);
  const refused =
    /^Error: The command policy refuses "read x": backgroundJobs\.deniedCommands has \/\^read\//;
  assert.match(await callTool('execute', { command: 'read x' }), refused);
  assert.match(await callTool('restart', { job_id: fact(first, 'id') }), refused);
  assert.match(await callTool('interact', { job_id: fact(first, 'id'), input: 'y' }), refused);
  await section().update('deniedCommands', [], vscode.ConfigurationTarget.Global);
  await callTool('interact', { job_id: fact(first, 'id'), input: 'y' });
  assert.match(await callTool('wait', { job_ids: [fact(first, 'id')] }), /got y/);
});

test('runs nothing and names the entry if a list has an invalid regular expression', async (t) => {
  await setList(t, 'deniedCommands', ['^rm', '(']);
  assert.match(
    await callTool('execute', { command: 'true' }),
    /^Error: backgroundJobs\.deniedCommands has an invalid entry: .*\/\(\/.*until it is corrected or removed\.$/s,
  );
});

test('does not let workspace settings extend the lists of the user or choose another shell', async (t) => {
  t.after(endJobs);
  await setList(t, 'allowedCommands', ['^echo ']);
  const { fsPath } = vscode.workspace.workspaceFolders![0]!.uri;
  const shell = join(fsPath, 'bash');
  symlinkSync('/bin/echo', shell);
  t.after(() => rmSync(shell));
  bringSettings(t, {
    'backgroundJobs.allowedCommands': ['.'],
    'backgroundJobs.deniedCommands': [],
    'backgroundJobs.shell': shell,
  });
  await until('VS Code has read the settings', () => section().get('shell') === shell);
  assert.match(
    await callTool('execute', { command: 'ls' }),
    /nothing in backgroundJobs\.allowedCommands matches/,
  );
  const reply = await callTool('execute', { command: 'echo hi', until: 'exit' });
  assert.match(reply, /\nhi\n/);
  assert.match(await callTool('status', { job_id: fact(reply, 'id') }), /shell=\/(usr\/)?bin\/(ba)?sh/);
});
