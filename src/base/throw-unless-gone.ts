/**
 * Lets pass that a file is gone, or cannot be understood: that is no reason to stop. Everything else is one, or
 * what is there would be taken for gone.
 *
 * @throws the error, when it is another of the file system
 */
export function throwUnlessGone(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
}
