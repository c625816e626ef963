import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';

/**
 * Returns the folder for the jobs of this window. There is one for each first workspace folder.
 *
 * `storageUri` would not do. VS Code locks it for one extension host. Another host, such as that of a second window on
 * the same folder or of this window during a reload, gets a different folder without these jobs. It also changes when a
 * folder is added to the workspace.
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
