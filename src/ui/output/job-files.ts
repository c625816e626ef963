import * as vscode from 'vscode';
import { messageOf } from '../../base/error-message.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { JOB_SCHEME } from '../contributions.ts';
import type { ManagerSource } from '../manager-source.ts';
import { describe } from '../tree/job-row.ts';

/** How much output such a file ends with. A chat reads a file as a whole. */
const MAX_BYTES = 64 * 1024;
const MAX_LINES = 2000;

/**
 * Read-only files about jobs, for the chat: what a job is, how it is, and its last output. A row that is dragged into the
 * chat, or into an editor, becomes such a file.
 */
export class JobFiles implements vscode.FileSystemProvider {
  readonly #jobs: ManagerSource;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;

  constructor(jobs: ManagerSource) {
    this.#jobs = jobs;
  }

  register(): vscode.Disposable {
    const options = { isReadonly: true, isCaseSensitive: true };
    return vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(JOB_SCHEME, this, options),
      this.#changed,
    );
  }

  /** A file has its content from when it is read. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const job = (await this.#manager()).jobs.find(idOf(uri));
    if (job === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    const { length } = await this.readFile(uri);
    return {
      type: vscode.FileType.File,
      ctime: job.startedAt,
      mtime: job.endedAt ?? Date.now(),
      size: length,
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const manager = await this.#manager();
    const job = manager.jobs.find(idOf(uri));
    if (job === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    const text = await explained(() => fileText(manager, job));
    return Buffer.from(manager.secrets.mask(text));
  }

  readDirectory(): [] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  async #manager(): Promise<JobManager> {
    return explained(async () => {
      const manager = await this.#jobs.load();
      await manager.jobs.ready();
      return manager;
    });
  }
}

/** Runs an action. VS Code shows the error of a file system as it is. */
async function explained<T>(action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw vscode.FileSystemError.Unavailable(messageOf(error));
  }
}

function idOf({ path }: vscode.Uri): string {
  return path.split('/')[1] ?? '';
}

function fileText({ logs }: JobManager, job: JobRecord): string {
  const { id, name, command, cwd } = job;
  const { start, text } = logs.readTail(id, { lines: MAX_LINES, maxBytes: MAX_BYTES });
  const facts = [
    `Background job ${name ?? id} (job_id ${id}): ${describe(job)}`,
    `Command: ${command}`,
    `Folder: ${cwd}`,
    start === 0 ? 'Output:' : `The end of its output, from cursor ${start}:`,
  ];
  return `${facts.join('\n')}\n\n${text}`;
}
