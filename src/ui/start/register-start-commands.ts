import * as vscode from 'vscode';
import { report } from '../commands/register-commands.ts';
import { COMMANDS } from '../contributions.ts';
import type { StartParts } from './start-job.ts';

/** Registers the commands that start a job. Their code is loaded with the first of them. */
export function registerStartCommands(parts: StartParts): vscode.Disposable {
  const load = () => import('./index.ts');
  const register = (command: string, run: (uri?: unknown, uris?: unknown) => Promise<void>) =>
    vscode.commands.registerCommand(command, (uri?: unknown, uris?: unknown) => run(uri, uris).catch(report));
  return vscode.Disposable.from(
    register(COMMANDS.run, async () => (await load()).runCommand(parts)),
    register(COMMANDS.runNpmScript, async (uri) => (await load()).runNpmScript(parts, asUri(uri))),
    register(COMMANDS.runTask, async () => (await load()).runTask(parts)),
    register(COMMANDS.runFile, async (uri, uris) =>
      (await load()).runFile(
        parts,
        Array.isArray(uris) ? uris.flatMap((each) => asUri(each) ?? []) : [asUri(uri) ?? []].flat(),
      ),
    ),
    register(COMMANDS.runSelection, async () => (await load()).runSelection(parts)),
  );
}

/** Menus pass the clicked file. Keybindings can pass any value. */
function asUri(value: unknown): vscode.Uri | undefined {
  return value instanceof vscode.Uri ? value : undefined;
}
