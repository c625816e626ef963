import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { report } from '../commands/register-commands.ts';
import { COMMANDS } from '../contributions.ts';
import type { ClientParts } from './copy-configuration.ts';

/**
 * Lets other MCP clients join this window: sets the variable for clients in its terminals, and registers the command that
 * copies a configuration. Clients can find the window once it has a terminal, or if a configuration was ever given out.
 */
export function registerClients(
  terminals: vscode.EnvironmentVariableCollection,
  parts: ClientParts,
): vscode.Disposable {
  terminals.description = vscode.l10n.t('Lets MCP clients in the terminal share the jobs of the window');
  // It stays the same over reloads, because VS Code warns about terminals in which a variable is out of date.
  terminals.replace(parts.variable, parts.windows);
  const register = (command: string, run: () => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(command, () => run().catch(report));
  const open = (): void => void parts.open().catch(report);
  // After the activation, which must be quick.
  if (vscode.window.terminals.length > 0 || existsSync(parts.launcher)) setImmediate(open);
  return vscode.Disposable.from(
    vscode.window.onDidOpenTerminal(open),
    register(COMMANDS.copyMcpConfiguration, async () => {
      const { copyMcpConfiguration } = await import('./copy-configuration.ts');
      await copyMcpConfiguration(parts);
    }),
  );
}
