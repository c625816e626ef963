import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { atEnd, scratchFolder } from './scratch.ts';

/** Mounts a file system in memory with this capacity. @returns undefined if it cannot be mounted */
export function mountTinyDisk(context: TestContext, kibibytes: number): string | undefined {
  const folder = scratchFolder(context);
  if (process.platform !== 'linux') return undefined;
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder]);
  if (status !== 0) return undefined;
  // A lazy unmount succeeds even if a failed test left a descriptor open.
  atEnd(context, () => spawnSync('umount', ['-l', folder]));
  return folder;
}

/** Fills the disk. @returns a function that frees the space again */
export function fillDisk(folder: string): () => void {
  const path = join(folder, 'filler');
  for (const size of [65536, 4096, 1]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // There is no space for this size. Try a smaller one.
    }
  }
  return () => rmSync(path);
}
