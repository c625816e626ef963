import * as vscode from 'vscode';
import { report } from '../commands.ts';
import { COMMANDS } from '../ids.ts';
import type * as Clients from './copy-configuration.ts';

/**
 * Offers other MCP clients to join this window: tells those in its terminals where, and has a command for all.
 *
 * @param load gives the code of the command, at its first use
 */
export function registerClients(
  terminals: vscode.EnvironmentVariableCollection,
  load: () => typeof Clients,
  parts: Clients.ClientParts,
): vscode.Disposable {
  terminals.description = vscode.l10n.t('Lets MCP clients in the terminal share the jobs of the window');
  // It stays the same over reloads: VS Code warns of terminals in which a variable is out of date.
  terminals.replace(parts.variable, parts.windows);
  const register = (command: string, run: () => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(command, () => run().catch(report));
  return register(COMMANDS.copyMcpConfiguration, async () => load().copyMcpConfiguration(parts));
}
