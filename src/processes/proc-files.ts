import { readFileSync } from 'node:fs';
import { isOutOfDescriptors, withDescriptor } from '../base/descriptor-reserve.ts';

/**
 * Reads a file in /proc. A process may end between two reads, and processes of other users may not be readable.
 *
 * @throws the system's error if there is no free descriptor: a process that cannot be read need not be gone
 */
export function readOrEmpty(path: string): string {
  return readOrUndefined(path) ?? '';
}

/** Returns undefined if the file cannot be read: the process is gone, or belongs to another user. */
export function readOrUndefined(path: string): string | undefined {
  try {
    // Node reads text as UTF-8 in one call. Other encodings take several.
    return withDescriptor(() => readFileSync(path, 'utf8'));
  } catch (error) {
    if (isOutOfDescriptors(error)) throw error;
    return undefined;
  }
}

/** Returns the fields of proc_pid_stat(5) behind the command name, which may hold blanks and parentheses. Index 0 is field 3. */
export function statFields(pid: number): string[] | undefined {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  if (text === '') return undefined;
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}
