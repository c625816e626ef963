import { join } from 'node:path';

/** Variable in the terminals of VS Code: the folder in which the windows of this workspace tell where they are. */
export const ATTACH_VARIABLE = 'BACKGROUND_JOBS_ENDPOINT';

/** That folder, in a storage folder. It stays the same over reloads, and for all windows on the workspace. */
export function windowsFolder(storage: string): string {
  return join(storage, 'windows');
}
