import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { report } from '../commands/register-commands.ts';
import { COMMANDS } from '../contributions.ts';
import type { ClientParts } from './copy-configuration.ts';

/**
 * Offers other MCP clients to join this window: tells those in its terminals where, and has a command for all. It can be
 * found as soon as there is a terminal, or when somebody once copied a configuration: most windows need no socket.
 */
export function registerClients(
  terminals: vscode.EnvironmentVariableCollection,
  parts: ClientParts,
): vscode.Disposable {
  terminals.description = vscode.l10n.t('Lets MCP clients in the terminal share the jobs of the window');
  // It stays the same over reloads: VS Code warns of terminals in which a variable is out of date.
  terminals.replace(parts.variable, parts.windows);
  const register = (command: string, run: () => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(command, () => run().catch(report));
  // Behind the activation: nobody waits for it.
  if (vscode.window.terminals.length > 0 || existsSync(parts.launcher)) setImmediate(parts.listen);
  return vscode.Disposable.from(
    vscode.window.onDidOpenTerminal(parts.listen),
    register(COMMANDS.copyMcpConfiguration, async () => {
      const { copyMcpConfiguration } = await import('./copy-configuration.ts');
      await copyMcpConfiguration(parts);
    }),
  );
}
