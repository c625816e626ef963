import { homedir } from 'node:os';
import { isAbsolute, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { listText, printable } from '../format/printable.ts';
import { readSettings } from '../settings.ts';
import type { Folder } from './task-variables.ts';

export function workspaceFolders(): Folder[] {
  return (vscode.workspace.workspaceFolders ?? []).map(({ name, uri }) => ({ name, path: uri.fsPath }));
}

/** Returns the innermost workspace folder that contains a file. */
export function folderOf(path: string): Folder | undefined {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path));
  return folder && { name: folder.name, path: folder.uri.fsPath };
}

/** Returns a short name for a folder: the name of its workspace folder, or `~/…`. */
export function folderLabel(path: string): string {
  const folder = folderOf(path);
  if (folder !== undefined)
    return printable([folder.name, relative(folder.path, path)].filter(Boolean).join(sep));
  const fromHome = relative(homedir(), path);
  const isBelowHome = fromHome !== '' && !fromHome.startsWith('..') && !isAbsolute(fromHome);
  return printable(isBelowHome ? join('~', fromHome) : path);
}

/** Lets the user choose the folder for a command. @returns undefined if the user cancels */
export async function chooseFolder(): Promise<string | undefined> {
  const { cwd } = readSettings();
  const folders = workspaceFolders();
  const paths = [cwd, ...folders.map(({ path }) => path).filter((path) => path !== cwd)];
  const items = [
    ...paths.map((path) => ({ label: listText(folderLabel(path)), description: listText(path), path })),
    { label: `$(folder-opened) ${vscode.l10n.t('Other Folder…')}`, path: undefined },
  ];
  const title = vscode.l10n.t('Run in Folder');
  const picked = await vscode.window.showQuickPick<(typeof items)[number]>(items, {
    title,
    ignoreFocusOut: true,
  });
  if (picked === undefined || picked.path !== undefined) return picked?.path;
  const [uri] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: vscode.l10n.t('Use This Folder'),
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: vscode.Uri.file(cwd),
    })) ?? [];
  return uri?.fsPath;
}
