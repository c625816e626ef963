import { readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { throwUnlessGone } from '../base/throw-unless-gone.ts';
import { withDescriptor } from '../base/descriptor-reserve.ts';

/** Folder of the addresses of runners, in a storage folder. */
export function runnersFolder(storage: string): string {
  return join(storage, 'runners');
}

/**
 * Numbers of the runners that have published an address, ascending; see `discovery.ts`.
 *
 * @throws the file system's error when that cannot be read
 */
export function listGenerations(storage: string): number[] {
  let names: string[];
  try {
    names = withDescriptor(() => readdirSync(runnersFolder(storage)));
  } catch (error) {
    throwUnlessGone(error);
    return [];
  }
  return names
    .map((name) => /^(\d{1,15})\.json$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * Calls back when a runner of this storage folder has come or gone. Where no runner has ever been there is nothing to
 * watch, and where the system has no watches left (inotify(7)) nothing is told: who needs a runner looks by itself.
 *
 * @returns undefined when nothing is watched
 */
export function watchRunners(storage: string, listener: () => void): { close(): void } | undefined {
  try {
    return watch(runnersFolder(storage), { persistent: false }, listener).on('error', () => undefined);
  } catch {
    return undefined;
  }
}

/** Whether there may be a runner, alive or dead. */
export function hasRunnerFiles(storage: string): boolean {
  try {
    return listGenerations(storage).length > 0;
  } catch {
    return true;
  }
}
