import { join } from 'node:path';

/** Variable in the terminals of VS Code: the folder in which the windows of this workspace publish their addresses. */
export const ATTACH_VARIABLE = 'BACKGROUND_JOBS_ENDPOINT';

/** Variable of a bridge that the Agent Host of VS Code starts for one of its sessions. */
export const SESSION_VARIABLE = 'BACKGROUND_JOBS_SESSION';

/** That folder, in a storage folder. It stays the same over reloads, and for all windows on the workspace. */
export function windowsFolder(storage: string): string {
  return join(storage, 'windows');
}

/**
 * The script that configurations of other clients name. An extension is in a folder with its version in the name,
 * which changes with each update. This path does not.
 *
 * @param storage the storage folder of the extension for all workspaces
 */
export function launcherPath(storage: string): string {
  return join(storage, 'background-jobs.cjs');
}
