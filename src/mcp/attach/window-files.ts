import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { whenFree, whenFreeAsync } from '../../base/busy-files.ts';
import { onFileAsync } from '../../base/file-error.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { throwUnlessGone } from '../../base/throw-unless-gone.ts';

/** Format version of the address of a window. */
export const WINDOW_VERSION = 1;

/** The address at which a window returns its MCP endpoint. Each window has its own file with mode 0600, `<uuid>.json`. */
export interface WindowAddress {
  readonly v: number;
  /** Of the extension host. */
  readonly pid: number;
  /** Path of a unix socket, or name of a pipe. */
  readonly socket: string;
  /** Value of the header `SECRET_HEADER`. */
  readonly secret: string;
}

/** The answer of a window: its MCP endpoint, Streamable HTTP on a socket. */
export interface EndpointAddress {
  readonly socket: string;
  /** Path of the URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How to ask a window. */
export const ENDPOINT_PATH = '/endpoint';

/** Writes the file of a window, whole or not at all. @returns removes it @throws the error of the file system */
export async function publishWindow(folder: string, address: WindowAddress): Promise<() => void> {
  const path = join(folder, `${randomUUID()}.json`);
  makeFolders(folder);
  await onFileAsync(path, () => writeFile(`${path}.new`, JSON.stringify(address), { mode: 0o600 }));
  await whenFreeAsync(() => rename(`${path}.new`, path));
  return () => whenFree(() => rmSync(path, { force: true }));
}

export interface FoundWindow {
  readonly file: string;
  readonly address: WindowAddress;
}

/**
 * Returns the addresses that windows have written, newest first. It may include addresses of windows that were killed.
 * Returns none if there is no folder.
 *
 * @throws the error of the file system when the folder cannot be read
 */
export async function listWindows(folder: string): Promise<FoundWindow[]> {
  const names = (await readdir(folder).catch(throwUnlessGone)) ?? [];
  const files = names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  const found = await Promise.all(files.map(read));
  return found
    .filter((each) => each !== undefined)
    .sort((a, b) => b.time - a.time)
    .map(({ file, address }) => ({ file, address }));
}

/** Undefined if it is gone or invalid. */
async function read(file: string): Promise<(FoundWindow & { readonly time: number }) | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    const address = JSON.parse(text) as Partial<WindowAddress> | null;
    if (typeof address?.v !== 'number' || typeof address.socket !== 'string') return undefined;
    return { file, address: address as WindowAddress, time: mtimeMs };
  } catch {
    return undefined;
  }
}
