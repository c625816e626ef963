import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';

/**
 * The folder for the jobs of this window, one for each first folder of a workspace. Not `storageUri`: VS Code locks
 * that for one extension host and gives any other, as of a second window on the same folder, or of this one while it
 * reloads, a folder of its own, where these jobs are not. And it changes when a folder is added to the workspace.
 */
export function storageFolder({ globalStorageUri }: vscode.ExtensionContext): string {
  const { workspaceFolders, workspaceFile } = vscode.workspace;
  const workspace = workspaceFolders?.[0]?.uri ?? workspaceFile;
  const id = createHash('sha256')
    .update(workspace?.toString() ?? '')
    .digest('hex')
    .slice(0, 16);
  return join(globalStorageUri.fsPath, 'workspaces', id);
}
