import { join } from 'node:path';

/** Returns the folder of a job's log. */
export function logFolder(storage: string, id: string): string {
  return join(storage, 'jobs', id);
}
