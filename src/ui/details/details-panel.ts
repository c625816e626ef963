import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import type { InspectResult } from '../../protocol/messages.ts';
import { DETAILS_VIEW } from '../contributions.ts';
import { printable } from '../format/printable.ts';
import { findAddresses, portOf } from '../tree/job-addresses.ts';
import type { PageMessage } from './details-contract.ts';
import { detailsState } from './details-state.ts';
import { runsOf } from './earlier-runs.ts';
import { UsageSamples } from './usage-samples.ts';

const INTERVAL_MS = 1000;
const MAX_TITLE_LENGTH = 40;
const NOTHING: InspectResult = { processes: [], ports: [] };

interface DetailsOptions {
  readonly manager: JobManager;
  /** Path of the page, which the build makes. */
  readonly page: string;
  readonly report: (error: unknown) => void;
}

/** The open panels, by the id of their job. */
const panels = new Map<string, DetailsPanel>();

/** Shows the details of a job in an editor. A second call for the job shows the same editor. */
export async function showDetails(job: JobRecord, options: DetailsOptions): Promise<void> {
  const html = await readFile(options.page, 'utf8');
  const open = panels.get(job.id);
  if (open !== undefined) {
    open.reveal();
    return;
  }
  const panel = vscode.window.createWebviewPanel(DETAILS_VIEW, titleOf(job), vscode.ViewColumn.Active, {
    enableFindWidget: true,
  });
  panels.set(job.id, new DetailsPanel(panel, job, html, options));
}

/** Shows the details of a job in an editor that VS Code has opened again. */
export async function fillDetails(
  panel: vscode.WebviewPanel,
  job: JobRecord,
  options: DetailsOptions,
): Promise<void> {
  const html = await readFile(options.page, 'utf8');
  const details = new DetailsPanel(panel, job, html, options);
  // A person may have opened another one meanwhile.
  if (!panels.has(job.id)) panels.set(job.id, details);
}

function titleOf({ name, command }: JobRecord): string {
  return vscode.l10n.t('Job: {0}', printable(shorten(name ?? command, MAX_TITLE_LENGTH)));
}

/** An editor with the details of a job. It looks at the processes of the job only while it can be seen and the job runs. */
class DetailsPanel {
  readonly #manager: JobManager;
  readonly #options: DetailsOptions;
  readonly #panel: vscode.WebviewPanel;
  readonly #samples = new UsageSamples();
  /** The last known record, which stays if the job is removed. */
  #job: JobRecord;
  #tree = NOTHING;
  #timer: NodeJS.Timeout | undefined;
  /** False for an editor behind another one, and in a window that is minimized. */
  #isSeen = false;
  #isLooking = false;
  /** Something changed during a look. */
  #isStale = false;

  constructor(panel: vscode.WebviewPanel, job: JobRecord, html: string, options: DetailsOptions) {
    this.#panel = panel;
    this.#job = job;
    this.#options = options;
    this.#manager = options.manager;
    const { id } = job;
    panel.webview.options = { enableScripts: true, localResourceRoots: [] };
    // VS Code opens it again with its last title, and the job may have another name by now.
    panel.title = titleOf(job);
    const onChanged = (changed: JobRecord): void => {
      if (changed.id === id) {
        this.#job = changed;
        panel.title = titleOf(changed);
      }
      // Another job may be a run of the same name.
      if (this.#isSeen) this.#plan(0);
    };
    const { jobs } = this.#manager;
    jobs.on('changed', onChanged).on('removed', onChanged);
    this.#panel.onDidChangeViewState(() => this.#see(this.#panel.visible));
    this.#panel.webview.onDidReceiveMessage((message: PageMessage) => this.#answer(message));
    this.#panel.onDidDispose(() => {
      jobs.off('changed', onChanged).off('removed', onChanged);
      if (panels.get(id) === this) panels.delete(id);
      this.#see(false);
    });
    this.#panel.webview.html = html;
  }

  reveal(): void {
    this.#panel.reveal();
  }

  #see(isSeen: boolean): void {
    this.#isSeen = isSeen;
    if (isSeen) this.#plan(0);
    else clearTimeout(this.#timer);
  }

  #plan(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), delayMs);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) {
      this.#isStale = true;
      return;
    }
    this.#isLooking = true;
    this.#isStale = false;
    try {
      const { id } = this.#job;
      // Fails if the job was removed.
      this.#tree = await this.#manager.inspect(id).catch(() => NOTHING);
      if (this.#job.status === 'running') this.#samples.add(this.#tree, performance.now());
      await this.#show();
    } finally {
      this.#isLooking = false;
    }
    this.#planNext();
  }

  #planNext(): void {
    if (!this.#isSeen) return;
    if (this.#isStale) this.#plan(0);
    else if (this.#job.status === 'running') this.#plan(INTERVAL_MS);
  }

  async #show(): Promise<void> {
    const { jobs, logs } = this.#manager;
    const job = this.#job;
    const isRemoved = jobs.find(job.id) === undefined;
    const log = isRemoved ? { start: 0, end: job.outputEnd ?? 0 } : logs.range(job.id);
    const runs = runsOf(jobs.list(), job);
    const state = detailsState({ job, isRemoved, log, tree: this.#tree, samples: this.#samples, runs });
    await this.#panel.webview.postMessage(state);
  }

  #answer(message: PageMessage): void {
    switch (message.type) {
      case 'visible':
      case 'hidden':
        this.#see(message.type === 'visible' && this.#panel.visible);
        break;
      case 'openPort':
        this.#openPort(message.port).catch(this.#options.report);
        break;
      case 'openRun': {
        const job = this.#manager.jobs.find(message.id);
        if (job !== undefined) showDetails(job, this.#options).catch(this.#options.report);
      }
    }
  }

  async #openPort(port: number): Promise<void> {
    if (!this.#tree.ports.includes(port)) return;
    // A printed address has the right scheme and path.
    const addresses = await findAddresses(this.#manager, this.#job.id);
    const address = addresses.find((each) => portOf(each) === port) ?? `http://localhost:${port}`;
    await vscode.env.openExternal(await vscode.env.asExternalUri(vscode.Uri.parse(address)));
  }
}
