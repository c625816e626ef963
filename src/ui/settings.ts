import { homedir } from 'node:os';
import { resolve } from 'node:path';
import * as vscode from 'vscode';
import { DEFAULT_LIMITS, LIMITS, type Limits } from '../jobs/limits.ts';
import type { ManagerSettings } from '../jobs/manager-options.ts';
import { CommandPolicy, type CommandLists, type PatternList } from '../policy/command-policy.ts';
import { defaultShell } from '../jobs/shell.ts';
import { LIMIT_SETTINGS, OTHER_SETTINGS, SETTINGS_SECTION } from './contributions.ts';
import type { ManagerSource } from './manager-source.ts';

const MB = 1024 * 1024;

/** The settings as they are now. A value out of bounds counts as the nearest one within. */
export function readSettings(): ManagerSettings {
  const settings = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const workingDirectory = settings.get<string>(OTHER_SETTINGS.workingDirectory, '');
  const commandLists = readCommandLists(settings);
  const isJudged = CommandPolicy.isActive(commandLists);
  // A folder's own settings come with the folder: they must not choose a program that runs what a list does not let.
  const shell = isJudged
    ? (settings.inspect<string>(OTHER_SETTINGS.shell)?.globalValue ?? '')
    : settings.get<string>(OTHER_SETTINGS.shell, '');
  return {
    limits: readLimits(settings),
    shell: shell === '' ? defaultShell(process.env, isJudged) : shell,
    cwd: resolve(folder, workingDirectory),
    commandLists,
    // The manifest has the extension off then; a setting of VS Code can have it on all the same.
    restriction: vscode.workspace.isTrusted
      ? undefined
      : vscode.l10n.t(
          'This workspace is in Restricted Mode, in which no job runs. Trust the workspace first.',
        ),
  };
}

/** Has changed settings count at once, also for what runs. */
export function followSettings(jobs: ManagerSource): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(SETTINGS_SECTION)) void jobs.current?.jobs.sendSettings();
  });
}

/** As they were written: what is wrong with them is told when something is to run. */
function readCommandLists(settings: vscode.WorkspaceConfiguration): CommandLists {
  const list = (name: string): PatternList => ({
    name: `${SETTINGS_SECTION}.${name}`,
    patterns: settings.get<unknown>(name),
  });
  return { allowed: list(OTHER_SETTINGS.allowedCommands), denied: list(OTHER_SETTINGS.deniedCommands) };
}

function readLimits(settings: vscode.WorkspaceConfiguration): Limits {
  const names = Object.keys(LIMIT_SETTINGS) as (keyof Limits)[];
  const entries = names.map((name): [keyof Limits, number] => {
    const { min, max, unit } = LIMITS[name];
    const factor = unit === 'bytes' ? MB : 1;
    const value = settings.get<unknown>(LIMIT_SETTINGS[name]);
    const number =
      typeof value === 'number' && Number.isFinite(value) ? value * factor : DEFAULT_LIMITS[name];
    return [name, Math.round(Math.min(Math.max(number, min), max))];
  });
  return Object.fromEntries(entries) as unknown as Limits;
}
