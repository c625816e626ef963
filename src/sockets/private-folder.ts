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

/** Longest path (bytes) that a socket address holds everywhere: `sun_path` has 104 bytes on macOS, with its NUL. */
const MAX_SOCKET_PATH = 103;

const PREFIX = 'bgj-';
/** The file in a folder that says whose it is. */
const OWNER = 'owner.json';
/** Age (ms) from which on an empty folder is not about to be used. */
const UNUSED_AGE = 10_000;

/** The process that made a folder, as `ProcessTable` tells of it. */
interface Owner {
  readonly pid: number;
  readonly started: string;
  readonly bootId: string;
}

/** Whether a path looks like one that was made here. */
export function isPrivateFolder(path: string): boolean {
  return basename(path).startsWith(PREFIX);
}

/**
 * A folder (0700) of this process alone for sockets and FIFOs, with a short name. Made anew if it was removed. A
 * process that is killed leaves it behind: the next of ours removes it.
 */
export class PrivateFolder {
  #path: string | undefined;
  #making: Promise<string> | undefined;

  /** @throws the file system's error when none can be made */
  async ensure(): Promise<string> {
    if (this.#path !== undefined && existsSync(this.#path)) return this.#path;
    this.#making ??= this.#make().finally(() => (this.#making = undefined));
    return this.#making;
  }

  /**
   * Makes the same folder again, should it have been removed.
   *
   * @throws the file system's error, or Error when somebody else has made one there
   */
  async restore(): Promise<void> {
    const path = this.#path;
    if (path === undefined) return;
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const found = lstatSync(path);
      const isPrivate = found.isDirectory() && (found.mode & 0o777) === 0o700;
      if (!isPrivate || found.uid !== process.getuid?.())
        throw new Error(`The folder ${path} belongs to somebody else.`, { cause: error });
    }
    const owner = await thisProcess(systemProcessTable()).catch(() => undefined);
    if (owner !== undefined) sign(path, owner);
  }

  remove(): void {
    if (this.#path !== undefined) removeFolder(this.#path);
    this.#path = undefined;
  }

  async #make(): Promise<string> {
    const processes = systemProcessTable();
    // Without it the folder can be used as well; it would only stay, should this process be killed.
    const owner = await thisProcess(processes).catch(() => undefined);
    const path = mkdtempSync(join(shortTemporaryFolder(), PREFIX));
    this.#path = path;
    // At once: whoever is killed in between leaves a folder that nobody knows.
    if (owner !== undefined) sign(path, owner);
    sweepPrivateFolders(processes).catch(() => undefined);
    return path;
  }
}

/**
 * Removes the folders of processes that are certainly gone. One whose owner lives in another namespace of pids stays, and
 * so does one with something in it whose owner is not known.
 *
 * @throws what the process table throws
 */
export async function sweepPrivateFolders(processes: ProcessTable): Promise<void> {
  const base = shortTemporaryFolder();
  const bootId = await processes.bootId();
  for (const name of namesIn(base)) {
    const path = join(base, name);
    if (!isPrivateFolder(path)) continue;
    const owner = readOwner(path);
    try {
      if (owner === undefined) removeUnused(path);
      else if (await isGone(owner, bootId, processes)) removeLeftFolder(path);
    } catch {
      // Not ours to remove.
    }
  }
}

/**
 * Removes the folder of a process that is gone, what names its owner last: a child may still make FIFOs. Then the
 * next sweep goes on.
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
    // A child was quicker.
    if (owner !== undefined && existsSync(path)) sign(path, owner);
    throw error;
  }
}

/** An empty folder without an owner's name: made by a process that was killed just then, or is about to use it. */
function removeUnused(path: string): void {
  if (Date.now() - statSync(path).mtimeMs > UNUSED_AGE) rmdirSync(path);
}

async function isGone(owner: Owner, bootId: string, processes: ProcessTable): Promise<boolean> {
  if (owner.bootId !== bootId) return runOf(owner.bootId) !== runOf(bootId);
  return (await processes.find(owner.pid))?.started !== owner.started;
}

/** The run of the system, without the namespace behind it. */
function runOf(bootId: string): string {
  return bootId.replace(/ .*/, '');
}

async function thisProcess(processes: ProcessTable): Promise<Owner | undefined> {
  const started = (await processes.find(process.pid))?.started;
  return started === undefined ? undefined : { pid: process.pid, started, bootId: await processes.bootId() };
}

function sign(path: string, owner: Owner): void {
  try {
    writeFileSync(join(path, OWNER), JSON.stringify(owner), { mode: 0o600 });
  } catch {
    // A full disk: it is used as it is.
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    const { pid, started, bootId } = JSON.parse(readFileSync(join(path, OWNER), 'utf8')) as Partial<Owner>;
    if (typeof pid !== 'number' || typeof started !== 'string' || typeof bootId !== 'string')
      return undefined;
    return { pid, started, bootId };
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function shortTemporaryFolder(): string {
  const candidates = [process.env.XDG_RUNTIME_DIR, tmpdir(), '/tmp'];
  const isUsable = (path: string | undefined): path is string => {
    return (
      path !== undefined &&
      Buffer.byteLength(path) <= MAX_SOCKET_PATH - `/${PREFIX}XXXXXX/s`.length &&
      existsSync(path)
    );
  };
  return candidates.find(isUsable) ?? tmpdir();
}
