import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { whenFree } from '../base/busy-files.ts';
import { withDescriptor } from '../base/descriptor-reserve.ts';
import { ensureFolder } from '../base/ensure-folder.ts';
import { onFile } from '../base/file-error.ts';
import { throwUnlessGone } from '../base/throw-unless-gone.ts';
import { isElsewhere, type ProcessInfo, type ProcessTable } from '../processes/process-table.ts';
import { isPrivateFolder, removeLeftFolder, sweepPrivateFolders } from '../sockets/private-folder.ts';
import { RECORD_VERSION } from './job-record.ts';
import { listGenerations, runnersFolder } from './runner-files.ts';

/** Longest time until a runner that met a rival looks again. */
const MAX_YIELD_MS = 20;

/**
 * The content of `runners/<generation>.json` (0600), by which managers find the runner of a storage folder. The runner
 * writes it once it listens. The file is created exclusively, so if two runners start at the same time, one of them
 * exits. Runners of different protocol versions live side by side.
 */
export interface RunnerAddress {
  readonly v: number;
  /** The runner's id, a UUID v4. */
  readonly runner: string;
  readonly protocol: number;
  readonly pid: number;
  /** Distinguishes the process from a later one with the same pid. */
  readonly pidStarted: string;
  readonly bootId: string;
  /** Path of a unix socket or named pipe. */
  readonly socket: string;
  /** Must be in the hello. */
  readonly secret: string;
}

export interface FoundRunner {
  readonly generation: number;
  readonly address: RunnerAddress;
  /** A signal has stopped its process, so it does not answer now. */
  readonly isStopped: boolean;
}

/** Returns the living runners of a storage folder, newest first. */
export async function findRunners(storage: string, processes: ProcessTable): Promise<FoundRunner[]> {
  const files = listGenerations(storage).reverse();
  const found = await Promise.all(
    files.map(async (generation) => {
      const address = readAddress(storage, generation);
      const runner = address && (await findProcess(address, processes));
      return address && runner ? [{ generation, address, isStopped: runner.isStopped }] : [];
    }),
  );
  return found.flat();
}

/**
 * Publishes the address of a new runner.
 *
 * @returns its generation; undefined if another runner of this protocol version lives, so that this one must exit
 * @throws the file system's error if the folder cannot be written
 */
export async function claim(
  storage: string,
  address: RunnerAddress,
  processes: ProcessTable,
): Promise<number | undefined> {
  ensureFolder(runnersFolder(storage));
  for (;;) {
    if (await hasRival(storage, address, processes)) return undefined;
    const generation = (listGenerations(storage).at(-1) ?? 0) + 1;
    if (!createExclusively(storage, generation, address)) continue;
    // A slow process may have taken a number that is no longer the highest.
    if (await hasRival(storage, address, processes)) {
      withdraw(storage, generation);
      // Two runners that took numbers at the same time see each other. A random pause keeps both from giving up.
      await delay(Math.random() * MAX_YIELD_MS);
      continue;
    }
    await removeDead(storage, generation, processes);
    return generation;
  }
}

/**
 * Removes the temporary folders of dead runners and of other dead processes of ours. The addresses stay: the next runner
 * takes a higher number and removes them.
 */
export async function removeRemains(storage: string, processes: ProcessTable): Promise<void> {
  const alive = new Set((await findRunners(storage, processes)).map(({ generation }) => generation));
  const bootId = await processes.bootId();
  for (const generation of listGenerations(storage)) {
    const address = alive.has(generation) ? undefined : readAddress(storage, generation);
    if (!isElsewhere(address?.bootId, bootId)) removePrivateFolder(address);
  }
  await sweepPrivateFolders(processes);
}

/** Replaces the address of a runner. @throws the file system's error */
export function republish(storage: string, generation: number, address: RunnerAddress): void {
  const temporary = `${addressPath(storage, generation)}.${address.runner}`;
  onFile(temporary, () => writeFileSync(temporary, JSON.stringify(address), { mode: 0o600 }));
  whenFree(() => renameSync(temporary, addressPath(storage, generation)));
}

export function withdraw(storage: string, generation: number): void {
  whenFree(() => rmSync(addressPath(storage, generation), { recursive: true, force: true }));
}

function addressPath(storage: string, generation: number): string {
  return join(runnersFolder(storage), `${generation}.json`);
}

async function hasRival(storage: string, address: RunnerAddress, processes: ProcessTable): Promise<boolean> {
  const runners = await findRunners(storage, processes);
  return runners.some(
    (found) => found.address.protocol === address.protocol && found.address.runner !== address.runner,
  );
}

async function removeDead(storage: string, below: number, processes: ProcessTable): Promise<void> {
  const bootId = await processes.bootId();
  const alive = new Set((await findRunners(storage, processes)).map(({ generation }) => generation));
  for (const generation of listGenerations(storage)) {
    if (generation >= below || alive.has(generation)) continue;
    const address = readAddress(storage, generation);
    if (isElsewhere(address?.bootId, bootId)) continue;
    removePrivateFolder(address);
    withdraw(storage, generation);
  }
}

function removePrivateFolder(address: RunnerAddress | undefined): void {
  const folder = address === undefined ? '' : dirname(address.socket);
  if (!isPrivateFolder(folder)) return;
  try {
    removeLeftFolder(folder);
  } catch {
    // It belongs to another user. That must not keep a runner from starting.
  }
}

/** Uses link(2), which fails if the name exists and makes the file visible with its whole content. */
function createExclusively(storage: string, generation: number, address: RunnerAddress): boolean {
  const temporary = `${addressPath(storage, generation)}.${address.runner}`;
  onFile(temporary, () => writeFileSync(temporary, JSON.stringify(address), { mode: 0o600 }));
  try {
    linkSync(temporary, addressPath(storage, generation));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    whenFree(() => rmSync(temporary, { force: true }));
  }
}

/** @throws the file system's error, since a runner whose address cannot be read may be alive */
function readAddress(storage: string, generation: number): RunnerAddress | undefined {
  let text: string;
  try {
    text = whenFree(() => withDescriptor(() => readFileSync(addressPath(storage, generation), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throwUnlessGone(error);
    return undefined;
  }
  try {
    const address = JSON.parse(text) as RunnerAddress;
    const isUsable = typeof address.socket === 'string' && typeof address.bootId === 'string';
    return address.v === RECORD_VERSION && isUsable ? address : undefined;
  } catch {
    // The file was cut short or is not ours.
    return undefined;
  }
}

async function findProcess(
  address: RunnerAddress,
  processes: ProcessTable,
): Promise<ProcessInfo | undefined> {
  if (address.bootId !== (await processes.bootId())) return undefined;
  const found = await processes.find(address.pid);
  return found?.started === address.pidStarted ? found : undefined;
}
