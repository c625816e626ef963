import * as vscode from 'vscode';
import { report } from '../commands/register-commands.ts';
import { COMMANDS } from '../contributions.ts';
import type * as Start from './index.ts';
import type { StartParts } from './start-job.ts';

/** The commands that start a job. @param load gives the code of them, at the first use */
export function registerStartCommands(load: () => typeof Start, parts: StartParts): vscode.Disposable {
  const register = (command: string, run: (uri?: unknown, uris?: unknown) => Promise<void>) =>
    vscode.commands.registerCommand(command, (uri?: unknown, uris?: unknown) => run(uri, uris).catch(report));
  return vscode.Disposable.from(
    register(COMMANDS.run, async () => load().runCommand(parts)),
    register(COMMANDS.runNpmScript, async (uri) => load().runNpmScript(parts, asUri(uri))),
    register(COMMANDS.runTask, async () => load().runTask(parts)),
    register(COMMANDS.runFile, async (uri, uris) =>
      load().runFile(
        parts,
        Array.isArray(uris) ? uris.flatMap((each) => asUri(each) ?? []) : [asUri(uri) ?? []].flat(),
      ),
    ),
    register(COMMANDS.runSelection, async () => load().runSelection(parts)),
  );
}

/** Menus give the file that was clicked; a keybinding may give anything. */
function asUri(value: unknown): vscode.Uri | undefined {
  return value instanceof vscode.Uri ? value : undefined;
}
