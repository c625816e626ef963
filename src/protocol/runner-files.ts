import { readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { withDescriptor } from '../base/descriptor-reserve.ts';
import { throwUnlessGone } from '../base/throw-unless-gone.ts';

/** Returns the folder of the runners' addresses. */
export function runnersFolder(storage: string): string {
  return join(storage, 'runners');
}

/**
 * Returns the numbers of the runners that have published an address, ascending (see `RunnerAddress`).
 *
 * @throws the file system's error if the folder cannot be read
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
 * Calls back when a runner of this storage folder starts or exits.
 *
 * @returns undefined if there has never been a runner, or the system has no watches left (inotify(7)). That does no
 *   harm, since everyone who needs a runner looks for it.
 */
export function watchRunners(storage: string, listener: () => void): { close(): void } | undefined {
  try {
    // If the folder is removed, the watch ends. The storage folder is gone then.
    return watch(runnersFolder(storage), { persistent: false }, listener).on('error', () => undefined);
  } catch {
    // See @returns.
    return undefined;
  }
}

/** Returns true if there may be a runner, alive or dead. */
export function hasRunnerFiles(storage: string): boolean {
  try {
    return listGenerations(storage).length > 0;
  } catch {
    // The folder cannot be read.
    return true;
  }
}
