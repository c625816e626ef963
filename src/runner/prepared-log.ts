import { readdirSync, renameSync, rmdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFolder } from '../base/ensure-folder.ts';
import { removeFolder } from '../base/remove-folder.ts';
import { LogWriter } from '../log/store/log-writer.ts';
import { logFolder } from '../protocol/log-folder.ts';
import { IdleTask } from './idle-task.ts';

/**
 * Keeps a log ready for the next job. Creating a folder and two files is the slowest part of a start after the process
 * itself, while renaming a folder is fast.
 */
export class PreparedLog {
  readonly #storage: string;
  /** Contains the prepared logs of all runners of the storage folder. */
  readonly #parent: string;
  readonly #folder: string;
  #log: LogWriter | undefined;
  readonly #next = new IdleTask(() => this.#prepare());

  /**
   * @param storage the storage folder, which must exist
   * @param runner id of the runner
   */
  constructor(storage: string, runner: string) {
    this.#storage = storage;
    this.#parent = join(storage, 'prepared');
    this.#folder = join(this.#parent, runner);
    // A killed runner leaves one behind. A living runner can do without.
    attempt(() => {
      for (const name of readdirSync(this.#parent)) discard(join(this.#parent, name));
    });
  }

  /**
   * Returns the log of a new job.
   *
   * @param id id of the job
   * @param maxSize bytes to keep
   * @throws the file system's error if there can be no log, for example on a full disk
   */
  take(id: string, maxSize: number): LogWriter {
    const folder = logFolder(this.#storage, id);
    const log = this.#log;
    this.#log = undefined;
    this.#next.schedule();
    try {
      if (log !== undefined && hasRoom(this.#storage)) {
        log.moveTo(folder, maxSize);
        return log;
      }
    } catch {
      // Something has removed it.
    }
    log?.close();
    // Throws the reason if there can be none.
    return new LogWriter(folder, maxSize);
  }

  dispose(): void {
    this.#next.dispose();
    this.#log?.close();
    discard(this.#folder);
    attempt(() => rmdirSync(this.#parent));
  }

  #prepare(): void {
    // On Windows a folder cannot be renamed while a file in it is open.
    if (process.platform === 'win32') return;
    // If this fails, the next job tries again and reports the error.
    attempt(() => {
      ensureFolder(this.#parent);
      this.#log = new LogWriter(this.#folder, 1);
    });
  }
}

/** Returns true if the disk has space. The prepared log was created earlier, so it does not tell. */
function hasRoom(folder: string): boolean {
  return statfsSync(folder).bavail > 0;
}

/** Renames a folder before it removes it. So a runner that is taking it at the same time gets all of it or nothing. */
function discard(folder: string): void {
  const gone = `${folder}.gone`;
  attempt(() => {
    renameSync(folder, gone);
    removeFolder(gone);
  });
}

/** Ignores errors. What remains is small, and the next attempt removes it. */
function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // See the comment of the function.
  }
}
