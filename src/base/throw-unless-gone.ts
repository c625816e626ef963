/**
 * Ignores that a file is gone, or that its content is invalid. Any other error of the file system must stop the caller,
 * or an unreadable file would be treated as a missing one.
 *
 * @throws the error, if it is another error of the file system
 */
export function throwUnlessGone(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
}
