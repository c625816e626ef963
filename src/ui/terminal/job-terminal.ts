import * as vscode from 'vscode';
import { messageOf } from '../../base/error-message.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { JobActivity } from '../../jobs/records/job-activity.ts';
import type { Stream } from '../../log/store/log-segments.ts';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import { describeEnd } from '../format/exit-description.ts';
import { printable } from '../format/printable.ts';
import { queuedRemark } from '../format/queue-text.ts';
import { statusText } from '../format/status-text.ts';
import { LineEditor } from './line-editor.ts';
import { feedTerminal } from './terminal-feed.ts';
import { readInput, STATUS_REQUEST } from './terminal-input.ts';
import { TerminalPace } from './terminal-pace.ts';
import { TerminalScreen } from './terminal-screen.ts';

/** How much of the command is shown above its output. A script may be longer than its output. */
const MAX_COMMAND_LENGTH = 2000;

/**
 * Shows a job in a terminal. Output appears as the job wrote it, and input goes to its standard input line by line. The
 * job itself has pipes, so closing the terminal does not affect it. Ctrl+C interrupts it.
 */
export class JobTerminal implements vscode.Pseudoterminal {
  readonly #manager: JobManager;
  readonly #id: string;
  readonly #stop = new AbortController();
  readonly #written = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.#written.event;
  readonly #named = new vscode.EventEmitter<string>();
  readonly onDidChangeName = this.#named.event;
  readonly #screen = new TerminalScreen((text) => this.#written.fire(text));
  readonly #pace = new TerminalPace(() => this.#written.fire(STATUS_REQUEST));
  readonly #editor: LineEditor;
  /** Input is sent in order. */
  #sending = Promise.resolve();
  /** Set when input is no longer accepted. The first input after that shows the reason. */
  #closed: { readonly reason: string; isShown: boolean } | undefined;

  constructor(manager: JobManager, id: string) {
    this.#manager = manager;
    this.#id = id;
    this.#editor = new LineEditor({
      typed: (shown) => this.#screen.typed(shown),
      done: (ending) => this.#screen.done(ending),
      send: (text) => this.#send(() => manager.input.write(id, text, false, 'person')),
      endOfFile: () => this.#send(() => manager.input.write(id, '', true, 'person')),
      interrupt: () => this.#send(() => manager.input.signal(id, 'SIGINT', 'person')),
    });
  }

  open(): void {
    this.#show().catch((error: unknown) =>
      this.#end(
        messageOf(error),
        vscode.l10n.t('Your input is ignored because the output could not be read.'),
      ),
    );
  }

  close(): void {
    this.#stop.abort();
  }

  /** Called when the job has another name. */
  renamed(name: string): void {
    this.#named.fire(name);
  }

  /** Called when the job and its log were removed. The displayed output stays, since the user may be reading it. */
  removed(): void {
    this.#stop.abort();
    const text = vscode.l10n.t('This job was removed from the list.');
    if (this.#closed === undefined) this.#end(text, text, true);
    else this.#closed = { reason: text, isShown: false };
  }

  handleInput(data: string): void {
    const { keys, isReply } = readInput(data);
    if (isReply) this.#pace.replied();
    if (keys === '') return;
    if (this.#closed === undefined) {
      this.#editor.type(keys);
    } else if (!this.#closed.isShown) {
      this.#closed.isShown = true;
      this.#remark(this.#closed.reason);
    }
  }

  async #show(): Promise<void> {
    const { signal } = this.#stop;
    const [manager, id, screen] = [this.#manager, this.#id, this.#screen];
    this.#written.fire(commandHeader(manager.jobs.get(id)));
    if (isLogGone(manager, id)) this.#remark(vscode.l10n.t('The output is no longer kept.'));
    const queued = queuedRemark(manager.jobs, manager.jobs.get(id));
    if (queued !== undefined) this.#remark(queued);
    const growth = new JobActivity(manager.jobs, id);
    const source = {
      growth,
      encodingOf: (stream: Stream, sample: Buffer) => manager.logs.reader(id).encodingOf(stream, sample),
      hasEnded: () => isFinished(manager.jobs.get(id)),
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
            ? vscode.l10n.t('{0} earlier bytes are not shown', bytes)
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
      describeEnd(job),
      vscode.l10n.t('The job has finished ({0}). Your input is ignored.', statusText(job.status)),
    );
  }

  #send(send: () => Promise<void>): void {
    this.#sending = this.#sending.then(send).catch((error: unknown) => {
      if (this.#closed === undefined) this.#remark(messageOf(error));
    });
  }

  #end(text: string, reason: string, isShown = false): void {
    this.#screen.done('');
    this.#remark(text);
    this.#closed = { reason, isShown };
  }

  /** Shows a remark on one line. It may contain text from elsewhere, so control characters are replaced. */
  #remark(text: string): void {
    this.#screen.remark(printable(`[${text}]`.replace(/\s+/g, ' ')));
  }
}

/** Returns the command as shown above the output. It can have several lines. */
function commandHeader({ command }: JobRecord): string {
  const shown = command.length > MAX_COMMAND_LENGTH ? `${command.slice(0, MAX_COMMAND_LENGTH)}…` : command;
  const lines = printable(shown.replaceAll('\t', '    ')).replaceAll('\n', '\r\n');
  return `\x1b[90m$ ${lines}\x1b[0m\r\n`;
}

function isLogGone(manager: JobManager, id: string): boolean {
  const { start, end } = manager.logs.range(id);
  return isFinished(manager.jobs.get(id)) && end > 0 && start === end;
}
