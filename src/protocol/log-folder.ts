import { join } from 'node:path';

/** Where the log of a job lies in a storage folder. */
export function logFolder(storage: string, id: string): string {
  return join(storage, 'jobs', id);
}
