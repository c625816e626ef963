import { StringDecoder } from 'node:string_decoder';
import * as vscode from 'vscode';
import { JobActivity } from '../../jobs/job-activity.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { type JobRecord, type TerminalSize, terminalSizeOf } from '../../protocol/job-record.ts';
import { describeEnd } from '../format/exit-description.ts';
import { printable } from '../format/printable.ts';
import { statusText } from '../format/status-text.ts';
import { STATUS_REPLY, STATUS_REQUEST } from './terminal-input.ts';
import { TerminalPace } from './terminal-pace.ts';

/** How much output is written at a time. */
const PORTION_BYTES = 64 * 1024;
/** A view that is further behind its job draws the screen again. Nobody could read the output in between. */
const MAX_BEHIND_BYTES = 1024 * 1024;
/** Resets a terminal (RIS), so that what it showed before does not mix with the screen that follows. */
const RESET = '\x1bc';

/**
 * Shows a job that has a terminal of its own. Output and input pass unchanged, replies to queries of the program included.
 * The size of the job's terminal is that of the view in which the user typed last.
 */
export class RawTerminal implements vscode.Pseudoterminal {
  readonly #manager: JobManager;
  readonly #id: string;
  readonly #stop = new AbortController();
  readonly #written = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.#written.event;
  readonly #sizes = new vscode.EventEmitter<vscode.TerminalDimensions | undefined>();
  readonly onDidOverrideDimensions = this.#sizes.event;
  readonly #pace = new TerminalPace(() => this.#written.fire(STATUS_REQUEST));
  /** Size of the view. Undefined while VS Code does not know it. */
  #size: TerminalSize | undefined;
  /** Input and sizes are sent in order. */
  #sending = Promise.resolve();
  #isEnded = false;

  constructor(manager: JobManager, id: string) {
    this.#manager = manager;
    this.#id = id;
  }

  open(dimensions: vscode.TerminalDimensions | undefined): void {
    this.setDimensions(dimensions);
    this.#manager.jobs.on('changed', this.#onChanged);
    this.#sending
      .then(() => this.#show())
      .catch((error: unknown) => this.#end(error instanceof Error ? error.message : String(error)));
  }

  close(): void {
    this.#stop.abort();
    this.#manager.jobs.off('changed', this.#onChanged);
  }

  /** Called when the job and its log were removed. The displayed output stays, since the user may be reading it. */
  removed(): void {
    this.close();
    this.#end(vscode.l10n.t('This job was removed from the list.'));
  }

  setDimensions(dimensions: vscode.TerminalDimensions | undefined): void {
    this.#size = dimensions;
    this.#claimSize();
  }

  handleInput(data: string): void {
    const keys = data.replaceAll(STATUS_REPLY, '');
    if (keys !== data) this.#pace.replied();
    if (keys === '' || this.#isEnded) return;
    this.#claimSize();
    this.#send(() => this.#manager.write(this.#id, keys, false, 'person'));
  }

  readonly #onChanged = (job: JobRecord): void => {
    if (job.id === this.#id) this.#followSize(job);
  };

  /** Gives the job's terminal the size of this view. */
  #claimSize(): void {
    const size = this.#size;
    if (size === undefined || this.#isEnded) return;
    const { columns, rows } = size;
    const current = terminalSizeOf(this.#manager.jobs.get(this.#id));
    if (current?.columns === columns && current.rows === rows) return;
    this.#send(() => this.#manager.resize(this.#id, { columns, rows }));
  }

  /** Draws in the size that another view has given the job's terminal. */
  #followSize(job: JobRecord): void {
    const size = terminalSizeOf(job);
    if (size === undefined || this.#size === undefined) return;
    const isOwn = size.columns === this.#size.columns && size.rows === this.#size.rows;
    this.#sizes.fire(isOwn ? undefined : { columns: size.columns, rows: size.rows });
  }

  async #show(): Promise<void> {
    const { signal } = this.#stop;
    const [manager, id] = [this.#manager, this.#id];
    const activity = new JobActivity(manager.jobs, id);
    const hasEnded = (): boolean => manager.jobs.get(id).status !== 'running';
    try {
      let decoder = new StringDecoder();
      let cursor: number | undefined;
      while (!signal.aborted) {
        const { version } = activity;
        const ended = hasEnded();
        const { start, end } = manager.logs.range(id);
        if (cursor === undefined || cursor < start || end - cursor > MAX_BEHIND_BYTES) {
          const screen = await manager.screen(id);
          decoder = new StringDecoder();
          this.#written.fire((cursor === undefined ? '' : RESET) + screen.redraw);
          cursor = screen.end;
          continue;
        }
        if (cursor < end) {
          let text = '';
          for (const { offset, bytes } of manager.logs.pieces(
            id,
            cursor,
            Math.min(end, cursor + PORTION_BYTES),
          )) {
            text += decoder.write(bytes);
            cursor = offset + bytes.length;
          }
          this.#written.fire(text);
          await this.#pace.wrote(text.length, signal);
        } else if (ended) break;
        else await activity.since(version, signal);
      }
    } finally {
      activity.dispose();
    }
    if (signal.aborted) return;
    const job = manager.jobs.get(id);
    this.#end(
      `${describeEnd(job)} ` +
        vscode.l10n.t('The job has finished ({0}). Your input is ignored.', statusText(job.status)),
    );
  }

  #send(send: () => Promise<void>): void {
    this.#sending = this.#sending.then(send).catch(() => {
      // The job has just ended, which the view shows, or its runner is gone, which makes it lost.
    });
  }

  /** Leaves the alternate screen, on which a program may have died, and shows the cursor. */
  #end(text: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const remark = printable(`[${text}]`.replace(/\s+/g, ' '));
    this.#written.fire(`\x1b[?47l\x1b[?25h\x1b[0m\r\n\x1b[90m${remark}\x1b[0m\r\n`);
  }
}
