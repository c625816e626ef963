import { homedir } from 'node:os';
import { resolve } from 'node:path';
import * as vscode from 'vscode';
import type { ManagerSettings } from '../jobs/manager-options.ts';
import { DEFAULT_LIMITS, LIMITS, type Limits } from '../jobs/records/limits.ts';
import { defaultShell } from '../jobs/start/shell.ts';
import { type CommandLists, CommandPolicy, type PatternList } from '../policy/command-policy.ts';
import { readApprovals } from './approval-settings.ts';
import { LIMIT_SETTINGS, OTHER_SETTINGS, type SettingName, SETTINGS_SECTION } from './contributions.ts';
import type { ManagerSource } from './manager-source.ts';

const MB = 1024 * 1024;

/** Reads the current settings. A value out of bounds is replaced by the nearest allowed one. */
export function readSettings(): ManagerSettings {
  const settings = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const workingDirectory = settings.get<string>(OTHER_SETTINGS.workingDirectory, '');
  const commandLists = readCommandLists(settings);
  const hasCommandLists = CommandPolicy.isActive(commandLists);
  // Workspace settings come with the folder. They must not choose a program that runs commands which a list forbids.
  const shell = hasCommandLists
    ? (settings.inspect<string>(OTHER_SETTINGS.shell)?.globalValue ?? '')
    : settings.get<string>(OTHER_SETTINGS.shell, '');
  return {
    limits: readLimits(settings),
    shell: shell === '' ? defaultShell(process.env, hasCommandLists) : shell,
    cwd: resolve(folder, workingDirectory),
    commandLists,
    approvals: readApprovals(),
    // The manifest disables the extension in Restricted Mode, but a setting of VS Code can enable it.
    restriction: vscode.workspace.isTrusted
      ? undefined
      : vscode.l10n.t('Jobs cannot run in Restricted Mode. Trust the workspace first.'),
  };
}

/** Reads a setting of the extension. It can have any value, since users can edit the settings as text. */
export function readSetting(name: SettingName): unknown {
  return vscode.workspace.getConfiguration(SETTINGS_SECTION).get(name);
}

/** Returns true if the user or the workspace has set a setting, to whatever value. */
export function isSettingChanged(name: SettingName): boolean {
  const { globalValue, workspaceValue, workspaceFolderValue } =
    vscode.workspace.getConfiguration(SETTINGS_SECTION).inspect(name) ?? {};
  return [globalValue, workspaceValue, workspaceFolderValue].some((value) => value !== undefined);
}

/** Pushes changed settings to the manager, which applies them to running jobs. */
export function applyChangedSettings(jobs: ManagerSource): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(SETTINGS_SECTION)) void jobs.current?.jobs.sendSettings();
  });
}

/** Returns the lists as they were written. Invalid entries are reported when a command is about to run. */
function readCommandLists(settings: vscode.WorkspaceConfiguration): CommandLists {
  const list = (name: SettingName): PatternList => ({
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
