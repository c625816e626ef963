import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { atEnd, scratchFolder } from './scratch.ts';

/** A file system in memory of so many KiB; undefined where one cannot be mounted. */
export function mountTinyDisk(context: TestContext, kibibytes: number): string | undefined {
  const folder = scratchFolder(context);
  if (process.platform !== 'linux') return undefined;
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder]);
  if (status !== 0) return undefined;
  // Lazily: a descriptor that a failed test left open must not keep it mounted.
  atEnd(context, () => spawnSync('umount', ['-l', folder]));
  return folder;
}

/** Takes all the room that is left. @returns gives it back */
export function fillDisk(folder: string): () => void {
  const path = join(folder, 'filler');
  for (const size of [65536, 4096, 1]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // No room for so much: now for less.
    }
  }
  return () => rmSync(path);
}
