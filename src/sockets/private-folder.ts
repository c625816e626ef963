import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { removeFolder } from '../base/remove-folder.ts';
import type { ProcessTable } from '../processes/process-table.ts';
import { systemProcessTable } from '../processes/system-process-table.ts';

/** Longest path of a socket on all systems: on macOS `sun_path` has 104 bytes, the NUL included. */
const MAX_SOCKET_PATH_BYTES = 103;

const PREFIX = 'bgj-';
/** The file in a folder that names its owner. */
const OWNER = 'owner.json';
/** Age from which an empty folder counts as unused. */
const UNUSED_AGE_MS = 10_000;

/** The process that created a folder, as in `ProcessTable`. */
interface Owner {
  readonly pid: number;
  readonly started: string;
  readonly bootId: string;
}

/** Returns true if the name of a folder is one that this module gives. */
export function isPrivateFolder(path: string): boolean {
  return basename(path).startsWith(PREFIX);
}

/**
 * A folder with mode 0700 and a short name, for the sockets and FIFOs of this process. It is created again if something
 * removes it. If this process is killed, another process of ours removes the folder later.
 */
export class PrivateFolder {
  #path: string | undefined;
  #making: Promise<string> | undefined;

  /** Returns the path, and creates the folder if necessary. @throws the file system's error */
  async ensure(): Promise<string> {
    if (this.#path !== undefined && existsSync(this.#path)) return this.#path;
    this.#making ??= this.#make().finally(() => (this.#making = undefined));
    return this.#making;
  }

  /**
   * Creates the folder again at the same path if it was removed.
   *
   * @throws the file system's error, or Error if another user has created a folder there
   */
  async restore(): Promise<void> {
    const path = this.#path;
    if (path === undefined) return;
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (!isOwnFolder(path) || (lstatSync(path).mode & 0o777) !== 0o700)
        throw new Error(`The folder ${path} belongs to another user.`, { cause: error });
    }
    const owner = await ownerOrUndefined(systemProcessTable());
    if (owner !== undefined) sign(path, owner);
  }

  remove(): void {
    if (this.#path !== undefined) removeFolder(this.#path);
    this.#path = undefined;
  }

  async #make(): Promise<string> {
    const processes = systemProcessTable();
    const owner = await ownerOrUndefined(processes);
    const path = mkdtempSync(join(shortTemporaryFolder(), PREFIX));
    this.#path = path;
    // Immediately, since a process that is killed before this leaves a folder without an owner.
    if (owner !== undefined) sign(path, owner);
    // Leftovers of other processes do no harm, and the next sweep removes them.
    sweepPrivateFolders(processes).catch(() => undefined);
    return path;
  }
}

/**
 * Removes the folders of processes that are certainly gone. A folder whose owner is in another namespace of pids is kept.
 * So is a folder with content and without a known owner.
 *
 * @throws the error of the process table
 */
export async function sweepPrivateFolders(processes: ProcessTable): Promise<void> {
  const base = shortTemporaryFolder();
  const bootId = await processes.bootId();
  for (const name of namesIn(base)) {
    const path = join(base, name);
    if (!isPrivateFolder(path)) continue;
    const owner = readOwner(path);
    try {
      const isLeft = owner !== undefined && (await isGone(owner, bootId, processes));
      // Immediately before the removal: in a shared folder another user could put a link in its place.
      if (!isOwnFolder(path)) continue;
      if (owner === undefined) removeUnused(path);
      else if (isLeft) removeLeftFolder(path);
    } catch {
      // It belongs to another user, or another process is removing it.
    }
  }
}

/**
 * Removes the folder of a process that is gone. The file that names the owner goes last, since a child of the process
 * may still create FIFOs. In that case the next sweep continues.
 *
 * @throws the file system's error
 */
export function removeLeftFolder(path: string): void {
  for (const name of namesIn(path)) {
    if (name !== OWNER) removeFolder(join(path, name));
  }
  if (namesIn(path).some((name) => name !== OWNER)) return;
  const owner = readOwner(path);
  rmSync(join(path, OWNER), { force: true });
  try {
    rmdirSync(path);
  } catch (error) {
    // A child has just created a file.
    if (owner !== undefined && existsSync(path)) sign(path, owner);
    throw error;
  }
}

/** Returns true for a folder of this user, and false for a link to one. @throws the file system's error */
function isOwnFolder(path: string): boolean {
  const found = lstatSync(path);
  return found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid);
}

/** Removes an empty folder without an owner, unless it is so new that its process may be about to use it. */
function removeUnused(path: string): void {
  if (Date.now() - statSync(path).mtimeMs > UNUSED_AGE_MS) rmdirSync(path);
}

async function isGone(owner: Owner, bootId: string, processes: ProcessTable): Promise<boolean> {
  if (owner.bootId !== bootId) return bootOf(owner.bootId) !== bootOf(bootId);
  return (await processes.find(owner.pid))?.started !== owner.started;
}

/** Returns the boot alone, without the namespace of pids. */
function bootOf(bootId: string): string {
  return bootId.replace(/ .*/, '');
}

/** Describes this process. Undefined if the process table cannot be read: a folder can be used without an owner. */
async function ownerOrUndefined(processes: ProcessTable): Promise<Owner | undefined> {
  return thisProcess(processes).catch(() => undefined);
}

async function thisProcess(processes: ProcessTable): Promise<Owner | undefined> {
  const started = (await processes.find(process.pid))?.started;
  return started === undefined ? undefined : { pid: process.pid, started, bootId: await processes.bootId() };
}

function sign(path: string, owner: Owner): void {
  try {
    writeFileSync(join(path, OWNER), JSON.stringify(owner), { mode: 0o600 });
  } catch {
    // The disk is full. The folder works without an owner.
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    const { pid, started, bootId } = JSON.parse(readFileSync(join(path, OWNER), 'utf8')) as Partial<Owner>;
    if (typeof pid !== 'number' || typeof started !== 'string' || typeof bootId !== 'string')
      return undefined;
    return { pid, started, bootId };
  } catch {
    // There is no such file, or it was cut short.
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It was removed in the meantime.
    return [];
  }
}

function shortTemporaryFolder(): string {
  const candidates = [process.env.XDG_RUNTIME_DIR, tmpdir(), '/tmp'];
  const isUsable = (path: string | undefined): path is string => {
    return (
      path !== undefined &&
      Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES - `/${PREFIX}XXXXXX/s`.length &&
      existsSync(path)
    );
  };
  return candidates.find(isUsable) ?? tmpdir();
}
