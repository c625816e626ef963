import { readdirSync, renameSync, rmdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFolder } from '../base/ensure-folder.ts';
import { LogWriter } from '../log/store/log-writer.ts';
import { removeFolder } from '../base/remove-folder.ts';
import { logFolder } from '../protocol/log-folder.ts';

/** How long (ms) after a start the next log is made: the answer and the new process go first. */
const PAUSE = 2;

/**
 * Has a log ready for the next job: to make a folder and two files takes longer than all else of a start but the
 * process, and to rename a folder does not.
 */
export class PreparedLog {
  readonly #storage: string;
  /** For those of all runners of the storage folder. */
  readonly #parent: string;
  readonly #folder: string;
  #log: LogWriter | undefined;
  #preparing: NodeJS.Timeout | undefined;

  /**
   * @param storage the storage folder, which exists
   * @param runner id
   */
  constructor(storage: string, runner: string) {
    this.#storage = storage;
    this.#parent = join(storage, 'prepared');
    this.#folder = join(this.#parent, runner);
    // A runner that was killed leaves one. One that lives makes do without.
    attempt(() => {
      for (const name of readdirSync(this.#parent)) discard(join(this.#parent, name));
    });
  }

  /**
   * @param id of the job
   * @param maxSize bytes kept at most
   * @throws the file system's error when there can be no log, as on a full disk
   */
  take(id: string, maxSize: number): LogWriter {
    const folder = logFolder(this.#storage, id);
    const log = this.#log;
    this.#log = undefined;
    this.#preparing ??= setTimeout(() => this.#prepare(), PAUSE);
    try {
      if (log !== undefined && hasRoom(this.#storage)) {
        log.moveTo(folder, maxSize);
        return log;
      }
    } catch {
      // Somebody has removed it.
    }
    log?.close();
    // It says why there can be none, as on a full disk.
    return new LogWriter(folder, maxSize);
  }

  dispose(): void {
    clearTimeout(this.#preparing);
    this.#log?.close();
    discard(this.#folder);
    attempt(() => rmdirSync(this.#parent));
  }

  #prepare(): void {
    this.#preparing = undefined;
    // A folder cannot be renamed there while a file in it is open.
    if (process.platform === 'win32') return;
    // When it fails, the next job tries for itself, and can say what is wrong.
    attempt(() => {
      ensureFolder(this.#parent);
      this.#log = new LogWriter(this.#folder, 1);
    });
  }
}

/** Whether anything can be stored: that a log was made before says nothing of it. */
function hasRoom(folder: string): boolean {
  return statfsSync(folder).bavail > 0;
}

/** Renamed first, in one step: a runner that is just taking it has all of it, or none. */
function discard(folder: string): void {
  const gone = `${folder}.gone`;
  attempt(() => {
    renameSync(folder, gone);
    removeFolder(gone);
  });
}

/** What fails here takes hardly any room, and is tried again. */
function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // See above.
  }
}
