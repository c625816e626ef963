import * as vscode from 'vscode';
import { messageOf } from '../../base/error-message.ts';
import { shorten } from '../../base/shorten.ts';
import { follow } from '../../jobs/log-follower.ts';
import { describeEnd } from '../format/exit-description.ts';
import type { ManagerSource } from '../manager-source.ts';

/** How much of the end of a log is shown. An output channel takes many times its size in the renderer. */
const REPLAY_BYTES = 256 * 1024;
const MAX_TITLE_LENGTH = 40;

interface OpenChannel {
  readonly channel: vscode.OutputChannel;
  readonly stop: AbortController;
}

/** Shows live output in output channels. A job gets a channel when it is first opened. */
export class OutputChannels implements vscode.Disposable {
  readonly #jobs: ManagerSource;
  readonly #open = new Map<string, OpenChannel>();

  constructor(jobs: ManagerSource) {
    this.#jobs = jobs;
    jobs.onCreated((manager) => manager.jobs.on('removed', ({ id }) => this.#close(id)));
  }

  /** Shows the channel of a job: the end of the log first, then new output. */
  show(id: string): void {
    const { channel } = this.#open.get(id) ?? this.#create(id);
    channel.show(true);
  }

  /** Returns true if the channel of a job is visible. */
  isVisible(id: string): boolean {
    const name = this.#open.get(id)?.channel.name;
    // The path of a channel's document ends with the name of the channel.
    const shows = ({ document: { uri } }: vscode.TextEditor): boolean =>
      uri.scheme === 'output' && name !== undefined && uri.path.endsWith(name);
    return vscode.window.visibleTextEditors.some(shows);
  }

  dispose(): void {
    for (const id of this.#open.keys()) this.#close(id);
  }

  #create(id: string): OpenChannel {
    const job = this.#jobs.get().jobs.get(id);
    const channel = vscode.window.createOutputChannel(
      vscode.l10n.t('Job: {0}', shorten(job.name ?? job.command, MAX_TITLE_LENGTH)),
    );
    const open = { channel, stop: new AbortController() };
    this.#open.set(id, open);
    this.#fill(id, open).catch((error: unknown) => {
      channel.appendLine(`[${messageOf(error)}]`);
    });
    return open;
  }

  async #fill(id: string, { channel, stop }: OpenChannel): Promise<void> {
    const manager = this.#jobs.get();
    const { start, end } = manager.logs.range(id);
    const cursor = Math.max(start, end - REPLAY_BYTES);
    channel.appendLine(`$ ${manager.jobs.get(id).command}`);
    if (cursor > 0) channel.appendLine(vscode.l10n.t('[{0} earlier bytes are not shown]', cursor));
    let isPartial = false;
    for await (const page of follow(manager, id, cursor, stop.signal)) {
      // A channel cannot take back an unfinished line that the job has overwritten.
      channel.append(page.continued === 'replaces' && isPartial ? `\n${page.text}` : page.text);
      isPartial = page.partial;
    }
    if (stop.signal.aborted) return;
    channel.appendLine(`${isPartial ? '\n' : ''}[${describeEnd(manager.jobs.get(id))}]`);
  }

  #close(id: string): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    open?.stop.abort();
    open?.channel.dispose();
  }
}
