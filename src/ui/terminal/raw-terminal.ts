import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { messageOf } from '../../base/error-message.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { JobActivity } from '../../jobs/records/job-activity.ts';
import { isFinished, type JobRecord, type TerminalSize, terminalSizeOf } from '../../protocol/job-record.ts';
import { describeEnd } from '../format/exit-description.ts';
import { printable } from '../format/printable.ts';
import { queuedRemark } from '../format/queue-text.ts';
import { statusText } from '../format/status-text.ts';
import { RawOutput } from './raw-output.ts';
import { STATUS_REPLY, STATUS_REQUEST, withoutReports } from './terminal-input.ts';
import { TerminalPace } from './terminal-pace.ts';
import { ViewSize } from './view-size.ts';

/** A view that is further behind its job draws the screen again. Nobody could read the output in between. */
const MAX_BEHIND_BYTES = 1024 * 1024;
/** Pause after that. Drawing a megabyte takes a tenth of a second, and the extension host has other work. */
const REDRAW_PAUSE_MS = 300;
/** Resets a terminal (RIS), so that what it showed before does not mix with the screen that follows. */
const RESET = '\x1bc';
/**
 * Undoes what a program may have set: an incomplete sequence, its scroll region, the mouse, focus reports, bracketed paste,
 * application keys, the kitty keyboard protocol, a hidden cursor and colors.
 */
const RELEASE =
  '\x18\x1b7\x1b[r\x1b8\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?1l\x1b>\x1b[<99u\x1b[?25h\x1b[0m';
const LEAVE_ALTERNATE_SCREEN = '\x1b[?1049l';

interface RawTerminalOptions {
  /**
   * The job has just been started, and no other view shows it. So it gets all of its output, with its queries and with
   * what VS Code reads, such as the sequences of shell integration.
   */
  readonly isNew: boolean;
  /** Called with each size that the view gives to the job. */
  readonly onSize: (size: TerminalSize) => void;
}

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
  readonly #named = new vscode.EventEmitter<string>();
  readonly onDidChangeName = this.#named.event;
  readonly #overrides = new vscode.EventEmitter<vscode.TerminalDimensions | undefined>();
  readonly onDidOverrideDimensions = this.#overrides.event;
  readonly #pace = new TerminalPace(() => {
    this.#statusRequests++;
    this.#written.fire(STATUS_REQUEST);
  });
  readonly #size: ViewSize;
  readonly #isNew: boolean;
  /** True while output is drawn whose queries the runner has answered, so that the terminal must not. */
  #hasOldQueries = false;
  /** Requests of ours that the terminal has not answered yet. A program may ask the same. */
  #statusRequests = 0;
  #hasDrawn = false;
  /** True while the view says that the job is queued. */
  #showsQueue = false;
  #isAtLineStart = false;
  /** Input and sizes are sent in order. */
  #sending = Promise.resolve();
  /** Set when input is no longer accepted. The first input after that shows the reason. */
  #closed: { readonly reason: string; isShown: boolean } | undefined;

  constructor(manager: JobManager, id: string, { isNew, onSize }: RawTerminalOptions) {
    this.#manager = manager;
    this.#id = id;
    this.#isNew = isNew;
    this.#size = new ViewSize({
      current: () => terminalSizeOf(manager.jobs.get(id)),
      claim: (size) => {
        onSize(size);
        if (this.#closed === undefined) this.#send(() => manager.input.resize(id, size));
      },
      override: (size) => this.#overrides.fire(size),
    });
  }

  open(dimensions: vscode.TerminalDimensions | undefined): void {
    if (dimensions !== undefined) this.#size.viewChanged(dimensions);
    this.#manager.jobs.on('changed', this.#onChanged);
    this.#show().catch((error: unknown) => this.#end(messageOf(error), messageOf(error), true));
  }

  close(): void {
    this.#stop.abort();
    this.#manager.jobs.off('changed', this.#onChanged);
  }

  /** Called when the job has another name. */
  renamed(name: string): void {
    this.#named.fire(name);
  }

  /** Called when the job and its log were removed. The displayed output stays, since the user may be reading it. */
  removed(): void {
    this.close();
    const text = vscode.l10n.t('This job was removed from the list.');
    if (this.#closed === undefined) this.#end(text, text, true);
    else this.#closed = { reason: text, isShown: false };
  }

  setDimensions(dimensions: vscode.TerminalDimensions): void {
    this.#size.viewChanged(dimensions);
  }

  handleInput(data: string): void {
    const reply = this.#withoutStatusReply(data);
    const input = this.#hasOldQueries ? withoutReports(reply) : reply;
    if (input === '') return;
    if (this.#closed !== undefined) {
      if (this.#closed.isShown || withoutReports(input) === '') return;
      this.#closed.isShown = true;
      this.#remark(this.#closed.reason);
      return;
    }
    if (withoutReports(input) !== '') this.#size.typed();
    // The program asked once, and the other view answers, too.
    else if (this.#size.isOverridden) return;
    this.#send(() => this.#manager.input.write(this.#id, input, false, 'person'));
  }

  readonly #onChanged = (job: JobRecord): void => {
    if (job.id !== this.#id || !isStarted(job)) return;
    // It was queued.
    this.#clearQueueRemark();
    if (!this.#size.isOpen) this.#openSize();
    else this.#size.jobChanged();
  };

  /** From now on, the job has the size of the view. A program draws again then, so the view must have drawn before. */
  #openSize(): void {
    if (this.#hasDrawn && isStarted(this.#manager.jobs.get(this.#id))) this.#size.open();
  }

  #withoutStatusReply(data: string): string {
    if (this.#statusRequests === 0 || !data.includes(STATUS_REPLY)) return data;
    this.#statusRequests--;
    this.#pace.replied();
    return data.replace(STATUS_REPLY, '');
  }

  async #show(): Promise<void> {
    const { signal } = this.#stop;
    const [manager, id] = [this.#manager, this.#id];
    // The terminal answers queries in the output that it shows from now on, and the runner does not.
    const view = await manager.jobs.view(id);
    this.#hasOldQueries = this.#isNew && view.answeredTo > 0;
    const activity = new JobActivity(manager.jobs, id);
    try {
      const output = new RawOutput(() => manager.logs.reader(id));
      if (!this.#isNew) output.moveTo(await this.#drawScreen(''));
      this.#showQueueRemark();
      this.#hasDrawn = true;
      this.#openSize();
      while (!signal.aborted) {
        const { version } = activity;
        const hasEnded = isFinished(manager.jobs.get(id));
        const { start, end } = manager.logs.range(id);
        if (output.cursor < start || end - output.cursor > MAX_BEHIND_BYTES) {
          output.moveTo(await this.#drawScreen(RESET));
          this.#hasOldQueries = false;
          await delay(REDRAW_PAUSE_MS, undefined, { signal }).catch(() => undefined);
        } else if (output.cursor < end) {
          await this.#write(output.read(this.#hasOldQueries ? Math.min(view.answeredTo, end) : end));
          if (this.#hasOldQueries && output.cursor >= view.answeredTo) {
            await this.#pace.drawn(signal);
            this.#hasOldQueries = false;
          }
        } else if (hasEnded) {
          await this.#write(output.rest());
          break;
        } else await activity.since(version, signal);
      }
    } finally {
      activity.dispose();
      view.end();
    }
    if (signal.aborted) return;
    const job = manager.jobs.get(id);
    const { isAlternate, cursor } = await manager.screens.draw(id, this.#size.shown);
    this.#written.fire(RELEASE + (isAlternate ? LEAVE_ALTERNATE_SCREEN : ''));
    this.#isAtLineStart = !isAlternate && cursor.column === 1;
    this.#end(
      describeEnd(job),
      vscode.l10n.t('The job has finished ({0}). Your input is ignored.', statusText(job.status)),
    );
  }

  /** Says why a queued job shows nothing. */
  #showQueueRemark(): void {
    const { jobs } = this.#manager;
    const queued = queuedRemark(jobs, jobs.get(this.#id));
    if (queued === undefined) return;
    this.#isAtLineStart = true;
    this.#remark(queued);
    this.#showsQueue = true;
  }

  /** The program that starts expects an empty terminal. */
  #clearQueueRemark(): void {
    if (this.#showsQueue) this.#written.fire(RESET);
    this.#showsQueue = false;
  }

  /** Draws the screen as it is. @param before is written first @returns the cursor behind what was drawn */
  async #drawScreen(before: string): Promise<number> {
    const { redraw, end } = await this.#manager.screens.draw(this.#id, this.#size.shown);
    await this.#write(before + redraw);
    return end;
  }

  /** Resolves when more can be written. */
  async #write(text: string): Promise<void> {
    if (text === '' || this.#stop.signal.aborted) return;
    this.#clearQueueRemark();
    this.#written.fire(text);
    await this.#pace.wrote(text.length, this.#stop.signal);
  }

  #send(send: () => Promise<void>): void {
    this.#sending = this.#sending.then(send).catch(() => {
      // The job has just ended, which the view shows, or its input is full. A terminal rings the bell then.
      if (this.#closed === undefined) this.#written.fire('\x07');
    });
  }

  #end(text: string, reason: string, isShown = false): void {
    if (this.#closed !== undefined) return;
    this.#closed = { reason, isShown };
    this.#size.release();
    this.#remark(text);
  }

  /** Shows a remark on a line of its own. It may contain text from elsewhere, so control characters are replaced. */
  #remark(text: string): void {
    const remark = printable(`[${text}]`.replace(/\s+/g, ' '));
    this.#written.fire(`${this.#isAtLineStart ? '' : '\r\n'}\x1b[90m${remark}\x1b[0m\r\n`);
    this.#isAtLineStart = true;
  }
}

/** A job that is being started has no terminal yet. */
function isStarted({ status, pid }: JobRecord): boolean {
  return status === 'running' && pid !== undefined;
}
