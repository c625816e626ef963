import { koffi, once } from './native-module.ts';

/** Longest folder in which CreateProcessW starts a program, whether long paths are enabled or not. */
const MAX_LENGTH = 258;

const getShortPath = once(
  () =>
    koffi().load('kernel32.dll').func('uint32 GetShortPathNameW(str16, _Out_ void *, uint32)') as (
      path: string,
      short: Buffer | null,
      size: number,
    ) => number,
);

/**
 * Returns a name of a folder in which a program can be started: the 8.3 name of a long one, if the disk has such names.
 *
 * @throws ENAMETOOLONG
 */
export function startFolder(path: string): string {
  if (path.length <= MAX_LENGTH) return path;
  // The prefix allows any length.
  const prefix = '\\\\?\\';
  const long = path.startsWith('\\\\') ? path : `${prefix}${path}`;
  const size = getShortPath()(long, null, 0);
  const buffer = Buffer.alloc(size * 2);
  const length = size === 0 ? 0 : getShortPath()(long, buffer, size);
  const short = buffer.toString('utf16le', 0, length * 2).replace(prefix, '');
  if (length > 0 && short.length <= MAX_LENGTH) return short;
  throw Object.assign(
    new Error(
      `The path of the folder has ${path.length} characters, and Windows starts no program in a folder whose path has ` +
        `more than ${MAX_LENGTH}: ${path}. Use a shorter path, such as a drive that subst makes for it`,
    ),
    { code: 'ENAMETOOLONG', syscall: 'chdir', path },
  );
}
