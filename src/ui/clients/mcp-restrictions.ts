import * as vscode from 'vscode';

/** Settings with which an organization keeps VS Code from using the MCP servers of extensions, and the values that do. */
const RESTRICTIONS: readonly (readonly [setting: string, values: readonly unknown[]])[] = [
  ['chat.mcp.access', ['none', 'registry']],
  ['chat.customizations.strictPluginOnlyCustomization', [true]],
];

/** Key of the restriction that was reported to the user. */
const REPORTED = 'backgroundJobs.reportedRestriction';

/**
 * Reports once if VS Code does not use the MCP server of the extension, because agents then lack the tools and
 * nothing else says why.
 */
export function reportMcpRestrictions(memory: vscode.Memento): vscode.Disposable {
  const check = (): void => {
    const restriction = findRestriction();
    if (restriction === memory.get<string>(REPORTED)) return;
    // Stored first, since the window may reload as soon as the user sees the notice.
    void memory.update(REPORTED, restriction).then(async () => {
      if (restriction !== undefined) await report(restriction);
    });
  };
  // After the activation, which must be quick.
  setImmediate(check);
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (RESTRICTIONS.some(([setting]) => event.affectsConfiguration(setting))) check();
  });
}

/** Returns the setting, with its value, that restricts the MCP servers of extensions. */
function findRestriction(): string | undefined {
  const settings = vscode.workspace.getConfiguration();
  const found = RESTRICTIONS.find(([setting, values]) => values.includes(settings.get(setting)));
  return found && `${found[0]}: ${String(settings.get(found[0]))}`;
}

async function report(restriction: string): Promise<void> {
  const open = vscode.l10n.t('Open Setting');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'Agents in VS Code cannot use Background Jobs: the setting {0} blocks the MCP servers of extensions. The sidebar and MCP clients outside of VS Code still work.',
      restriction,
    ),
    open,
  );
  if (answer !== open) return;
  const [setting = ''] = restriction.split(':');
  await vscode.commands.executeCommand('workbench.action.openSettings', `@id:${setting}`);
}
