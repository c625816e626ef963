import * as vscode from 'vscode';
import type { ApprovalSettings } from '../jobs/start/job-approvals.ts';
import { OTHER_SETTINGS, SETTINGS_SECTION } from './contributions.ts';

/**
 * Reads the rules for commands of agents: the defaults of VS Code and what the user set. What a workspace sets does not
 * apply, since it comes with the folder. Undefined if the user did not turn approvals on.
 */
export function readApprovals(): ApprovalSettings | undefined {
  const ours = vscode.workspace.getConfiguration(SETTINGS_SECTION).inspect(OTHER_SETTINGS.approvals);
  if (ours?.globalValue !== 'terminalRules') return undefined;
  const value = (name: string): unknown => {
    const found = vscode.workspace.getConfiguration('chat.tools').inspect(name);
    return found?.globalValue ?? found?.defaultValue;
  };
  return {
    approvesAll: value('global.autoApprove') === true ? 'chat.tools.global.autoApprove' : undefined,
    rules: value('terminal.enableAutoApprove') === false ? {} : readRules(),
    approvesNpmScripts: value('terminal.autoApproveWorkspaceNpmScripts') === true,
    allowsFileWrites: value('terminal.blockDetectedFileWrites') === 'never',
    folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
  };
}

/** Returns the rules for terminal commands. A rule of the user replaces the default with the same text. */
function readRules(): Readonly<Record<string, unknown>> {
  const section = vscode.workspace.getConfiguration('chat.tools.terminal');
  const rules = section.inspect<Record<string, unknown>>('autoApprove');
  const ignores = section.inspect<boolean>('ignoreDefaultAutoApproveRules')?.globalValue === true;
  return { ...(!ignores && rules?.defaultValue), ...rules?.globalValue };
}
