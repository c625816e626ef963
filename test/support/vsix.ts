import { buffer } from 'node:stream/consumers';
import { openPromise } from 'yauzl';

/** Returns the files of the extension in a VSIX, by their paths from its top folder. */
export async function readVsix(path: string): Promise<Map<string, Buffer>> {
  const archive = await openPromise(path);
  const files = new Map<string, Buffer>();
  for await (const entry of archive.eachEntry()) {
    const name = /^extension\/(.+)$/.exec(entry.fileName)?.[1];
    if (name !== undefined) files.set(name, await buffer(await archive.openReadStreamPromise(entry)));
  }
  return files;
}
