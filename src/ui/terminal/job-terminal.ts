import * as vscode from 'vscode';
import { JobActivity } from '../../jobs/job-activity.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { howItEnded } from '../format/exit-description.ts';
import { printable } from '../format/printable.ts';
import { LineEditor } from './line-editor.ts';
import { feedTerminal } from './terminal-feed.ts';
import { QUESTION, readInput } from './terminal-input.ts';
import { TerminalPace } from './terminal-pace.ts';
import { TerminalScreen } from './terminal-screen.ts';

/** UTF-16 units of a command above its output: a script may be longer than what it prints. */
const MAX_COMMAND = 2000;

/**
 * A job as a terminal: its output as it was written, and what is typed goes to its standard input, line by line. The
 * job has pipes, not this terminal: nothing that is done here ends it but Ctrl+C.
 */
export class JobTerminal implements vscode.Pseudoterminal {
  readonly #manager: JobManager;
  readonly #id: string;
  readonly #stop = new AbortController();
  readonly #written = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.#written.event;
  readonly #screen = new TerminalScreen((text) => this.#written.fire(text));
  readonly #pace = new TerminalPace(() => this.#written.fire(QUESTION));
  readonly #editor: LineEditor;
  /** What was typed is sent in order. */
  #sending = Promise.resolve();
  /** Why nothing can be typed any more; not told again once it was. */
  #over: { readonly why: string; isTold: boolean } | undefined;

  constructor(manager: JobManager, id: string) {
    this.#manager = manager;
    this.#id = id;
    this.#editor = new LineEditor({
      typed: (shown) => this.#screen.typed(shown),
      done: (ending) => this.#screen.done(ending),
      send: (text) => this.#send(() => manager.write(id, text, false, 'person')),
      endOfFile: () => this.#send(() => manager.write(id, '', true, 'person')),
      interrupt: () => this.#send(() => manager.signal(id, 'SIGINT', 'person')),
    });
  }

  open(): void {
    this.#show().catch((error: unknown) => this.#end(tell(error), vscode.l10n.t('This output has ended.')));
  }

  close(): void {
    this.#stop.abort();
  }

  /** The job was forgotten, and its log. What is shown stays, as somebody may be reading it. */
  removed(): void {
    this.#stop.abort();
    const text = vscode.l10n.t('This job was removed from the list.');
    if (this.#over === undefined) this.#end(text, text, true);
    else this.#over = { why: text, isTold: false };
  }

  handleInput(data: string): void {
    const { keys, isAnswer } = readInput(data);
    if (isAnswer) this.#pace.answered();
    if (keys === '') return;
    if (this.#over === undefined) {
      this.#editor.type(keys);
    } else if (!this.#over.isTold) {
      this.#over.isTold = true;
      this.#remark(this.#over.why);
    }
  }

  async #show(): Promise<void> {
    const { signal } = this.#stop;
    const [manager, id, screen] = [this.#manager, this.#id, this.#screen];
    this.#written.fire(commandLine(manager.jobs.get(id)));
    if (isLogGone(manager, id)) this.#remark(vscode.l10n.t('The output is no longer kept.'));
    const growth = new JobActivity(manager.jobs, id);
    const source = {
      growth,
      hasEnded: () => manager.jobs.get(id).status !== 'running',
      range: () => manager.logs.range(id),
      pieces: (from: number, to: number) => manager.logs.pieces(id, from, to),
    };
    const target = {
      output: async (text: string): Promise<void> => {
        screen.output(text);
        await this.#pace.wrote(text.length, signal);
      },
      skipped: (bytes: number, isFirst: boolean) => {
        this.#remark(
          isFirst
            ? vscode.l10n.t('{0} bytes before this are not shown', bytes)
            : vscode.l10n.t('{0} bytes skipped', bytes),
        );
      },
    };
    try {
      await feedTerminal(source, target, signal);
    } finally {
      growth.dispose();
    }
    if (signal.aborted) return;
    const job = manager.jobs.get(id);
    this.#end(
      howItEnded(job),
      vscode.l10n.t('The job has ended ({0}). What you type goes nowhere.', job.status),
    );
  }

  #send(send: () => Promise<void>): void {
    this.#sending = this.#sending.then(send).catch((error: unknown) => {
      if (this.#over === undefined) this.#remark(tell(error));
    });
  }

  #end(text: string, why: string, isTold = false): void {
    this.#screen.done('');
    this.#remark(text);
    this.#over = { why, isTold };
  }

  /** On one line, and without anything that acts on a terminal: it may hold what others wrote. */
  #remark(text: string): void {
    this.#screen.remark(printable(`[${text}]`.replace(/\s+/g, ' ')));
  }
}

/** A line above the output, which may have many lines itself. */
function commandLine({ command }: JobRecord): string {
  const shown = command.length > MAX_COMMAND ? `${command.slice(0, MAX_COMMAND)}…` : command;
  const lines = printable(shown.replaceAll('\t', '    ')).replaceAll('\n', '\r\n');
  return `\x1b[90m$ ${lines}\x1b[0m\r\n`;
}

function isLogGone(manager: JobManager, id: string): boolean {
  const { outputEnd = 0, status } = manager.jobs.get(id);
  return status !== 'running' && outputEnd > 0 && manager.logs.range(id).end === 0;
}

function tell(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
