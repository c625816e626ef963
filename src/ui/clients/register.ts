import * as vscode from 'vscode';
import { report } from '../commands.ts';
import { COMMANDS } from '../ids.ts';
import type * as Clients from './copy-configuration.ts';

/** The commands for other MCP clients. @param load gives the code of them, at the first use */
export function registerClientCommands(
  load: () => typeof Clients,
  parts: Clients.ClientParts,
): vscode.Disposable {
  const register = (command: string, run: () => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(command, () => run().catch(report));
  return register(COMMANDS.copyMcpConfiguration, async () => load().copyMcpConfiguration(parts));
}
