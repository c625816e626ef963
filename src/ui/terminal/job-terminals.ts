import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { messageText } from '../format/printable.ts';
import type { ManagerSource } from '../manager-source.ts';
import type { Memory } from '../memory.ts';
import { JobTerminal } from './job-terminal.ts';
import { LastViewSize } from './last-view-size.ts';
import { RawTerminal } from './raw-terminal.ts';

const MAX_TITLE_LENGTH = 40;
const ICON = new vscode.ThemeIcon('server-process');

interface OpenTerminal {
  readonly terminal: vscode.Terminal;
  readonly pty: JobTerminal | RawTerminal;
  /** The name that it got from the job. The user may have given it another one. */
  name: string;
}

/** Shows jobs in terminals. A job gets a terminal when it is first opened. */
export class JobTerminals implements vscode.Disposable {
  readonly #jobs: ManagerSource;
  readonly #lastSize: LastViewSize;
  readonly #open = new Map<string, OpenTerminal>();
  readonly #closed: vscode.Disposable;

  constructor(jobs: ManagerSource, memory: Memory) {
    this.#jobs = jobs;
    this.#lastSize = new LastViewSize(memory);
    jobs.onCreated((manager) => {
      manager.jobs.on('changed', (job) => this.#rename(job));
      manager.jobs.on('removed', ({ id }) => this.#open.get(id)?.pty.removed());
    });
    this.#closed = vscode.window.onDidCloseTerminal((terminal) => {
      for (const [id, open] of this.#open) if (open.terminal === terminal) this.#open.delete(id);
    });
  }

  /** Shows the terminal of a job: the end of the log first, then new output. */
  show(id: string, { preserveFocus, isNew }: { preserveFocus: boolean; isNew: boolean }): void {
    const { terminal } = this.#open.get(id) ?? this.#create(id, isNew);
    terminal.show(preserveFocus);
  }

  dispose(): void {
    this.#closed.dispose();
    for (const { terminal } of this.#open.values()) terminal.dispose();
    this.#open.clear();
  }

  #create(id: string, isNew: boolean): OpenTerminal {
    const manager = this.#jobs.get();
    const job = manager.jobs.get(id);
    const pty =
      job.terminal === undefined
        ? new JobTerminal(manager, id)
        : new RawTerminal(manager, id, { isNew, onSize: (size) => this.#lastSize.set(size) });
    const name = nameOf(job);
    const terminal = vscode.window.createTerminal({
      name,
      pty,
      iconPath: ICON,
      // After a reload VS Code would restore it without a job.
      isTransient: true,
    });
    const open = { terminal, pty, name };
    this.#open.set(id, open);
    return open;
  }

  #rename(job: JobRecord): void {
    const open = this.#open.get(job.id);
    const name = nameOf(job);
    if (open === undefined || open.name === name) return;
    open.name = name;
    open.pty.renamed(name);
  }
}

function nameOf({ name, command }: JobRecord): string {
  return messageText(shorten(name ?? command, MAX_TITLE_LENGTH));
}
