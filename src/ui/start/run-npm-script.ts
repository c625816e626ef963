import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import { listText } from '../format/printable.ts';
import { readSettings } from '../settings.ts';
import { type NpmScript, type PackageFile, readScripts } from './npm-packages.ts';
import { shellKind } from './shell-quoting.ts';
import { startJob, type StartParts } from './start-job.ts';
import { folderOf } from './workspace-folders.ts';

/** Maximum number of package.json files to read. */
const MAX_FILES = 500;
const MAX_DETAIL_LENGTH = 200;

interface Row extends vscode.QuickPickItem {
  readonly npm: NpmScript;
}

/** Lets the user choose a script of the workspace, or of the clicked package.json, and runs it. */
export async function runNpmScript(parts: StartParts, uri?: vscode.Uri): Promise<void> {
  const uris = uri === undefined ? await findPackages() : [uri];
  const found = await readScripts(uris.map(packageFile), shellKind(readSettings().shell));
  if (found.scripts.length === 0 && (uris.length === 0 || found.valid > 0)) {
    const text =
      uri === undefined
        ? vscode.l10n.t('No package.json in this workspace has scripts.')
        : vscode.l10n.t('This package.json has no scripts.');
    void vscode.window.showInformationMessage(text);
    return;
  }
  const picked = await vscode.window.showQuickPick(createRows(found.scripts), {
    title: vscode.l10n.t('Run npm Script in Background'),
    placeHolder:
      found.valid === 0 ? vscode.l10n.t('No valid package.json found') : vscode.l10n.t('Choose a script'),
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  if (picked === undefined) return;
  const { command, folder, name } = picked.npm;
  await startJob(parts, { command, cwd: folder, name });
}

function createRows(scripts: readonly NpmScript[]): Row[] {
  return scripts.map((npm) => ({
    label: listText(npm.script),
    description: listText(`${npm.where} · ${npm.command.split(' ', 1)[0] ?? ''}`),
    detail: listText(shorten(npm.text, MAX_DETAIL_LENGTH)),
    npm,
  }));
}

/** Returns the package.json files of the workspace, the ones closest to its root first. */
async function findPackages(): Promise<vscode.Uri[]> {
  const uris = await vscode.workspace.findFiles('**/package.json', '**/node_modules/**', MAX_FILES);
  const depth = ({ path }: vscode.Uri): number => path.split('/').length;
  return uris.sort((a, b) => depth(a) - depth(b) || (a.path < b.path ? -1 : 1));
}

function packageFile(uri: vscode.Uri): PackageFile {
  return {
    path: uri.fsPath,
    root: folderOf(uri.fsPath)?.path ?? dirname(uri.fsPath),
    setting: vscode.workspace.getConfiguration('npm', uri).get('packageManager'),
  };
}
