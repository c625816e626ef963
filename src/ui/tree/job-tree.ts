import * as vscode from 'vscode';
import { queueStateOf } from '../../jobs/records/queue-state.ts';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import { CONTEXT_KEYS, CONTEXT_VALUES, VIEWS } from '../contributions.ts';
import { runsOf } from '../details/earlier-runs.ts';
import { jobFileUri } from '../format/job-file-uri.ts';
import { printable } from '../format/printable.ts';
import type { ManagerSource } from '../manager-source.ts';
import { describe, jobRow, type RowDetails } from './job-row.ts';
import { jobTooltip } from './job-tooltip.ts';
import { RowAddresses } from './row-addresses.ts';
import { RowInputs } from './row-inputs.ts';

/** The row of a job. It stays the same object while the job exists, so that a change redraws only this row. */
export interface JobNode {
  readonly id: string;
}

/** The row that groups the finished jobs. */
const FINISHED = { group: 'finished' } as const;

export type TreeNode = JobNode | typeof FINISHED;

/** How often the rows of running jobs are updated while the view is visible. */
const TICK_MS = 1000;
/** How long the row under the mouse is not updated. Redrawing a row closes its tooltip. */
const TOOLTIP_MS = 20_000;

/** The tree of jobs in the sidebar: running jobs first, then a group of finished jobs, both newest first. */
export class JobTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #jobs: ManagerSource;
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #nodes = new Map<string, JobNode>();
  readonly #changed = new vscode.EventEmitter<TreeNode | undefined>();
  readonly #addresses: RowAddresses;
  readonly #inputs: RowInputs;
  /** The displayed descriptions of jobs. */
  readonly #descriptions = new Map<string, string>();
  /** All rows from top to bottom when they were last requested, including those of a collapsed group. */
  #rows: readonly TreeNode[] = [];
  #hovered: { id: string; untilMs: number } | undefined;
  readonly onDidChangeTreeData = this.#changed.event;
  /** A copy of the view's selection, which is empty while VS Code redraws the tree. */
  #selection: readonly TreeNode[] = [];
  #filter = '';
  #clock: NodeJS.Timeout | undefined;

  constructor(jobs: ManagerSource) {
    this.#jobs = jobs;
    this.#addresses = new RowAddresses(jobs, (id) => this.#changed.fire(this.#node(id)));
    this.#inputs = new RowInputs(jobs);
    this.#view = vscode.window.createTreeView(VIEWS.jobs, {
      treeDataProvider: this,
      canSelectMany: true,
      // VS Code drags the resources of rows by itself, but only if the view handles drags.
      dragAndDropController: { dragMimeTypes: [], dropMimeTypes: [], handleDrag: () => undefined },
    });
    this.#view.onDidChangeSelection(({ selection }) => {
      this.#selection = selection;
    });
    this.#view.onDidChangeVisibility(({ visible }) => {
      this.#updateClock();
      // Another window may have changed jobs while the view was hidden.
      if (visible) this.#changed.fire(undefined);
    });
    jobs.onCreated((manager) => {
      // A job that starts or ends moves to another place, so the whole tree is refreshed.
      manager.jobs.on('changed', () => this.#refresh());
      const redraw = (id: string): void => {
        if (manager.jobs.find(id) !== undefined) this.#changed.fire(this.#node(id));
      };
      manager.problems.on('changed', redraw);
      manager.input.states.on('changed', redraw);
      manager.watches.on('changed', redraw);
      manager.jobs.on('removed', ({ id }) => {
        this.#nodes.delete(id);
        this.#descriptions.delete(id);
        this.#refresh();
      });
    });
  }

  get selection(): readonly TreeNode[] {
    return this.#selection;
  }

  /** The text that the name or command of visible jobs contains. It is empty if all jobs are visible. */
  get filter(): string {
    return this.#filter;
  }

  set filter(text: string) {
    this.#filter = text.trim();
    this.#view.description = this.#filter === '' ? '' : vscode.l10n.t('filter: {0}', printable(this.#filter));
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.filtered, this.#filter !== '');
    this.#refresh();
  }

  /** Shows the row of a job, and selects it. */
  async reveal({ id }: JobRecord): Promise<void> {
    this.filter = '';
    await this.#view.reveal(this.#node(id), { select: true, focus: true });
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node !== undefined && !('group' in node)) return [];
    const manager = await this.#jobs.load();
    await manager.jobs.ready();
    const jobs = manager.jobs.list().filter((job) => this.matchesFilter(job));
    const finished = jobs.filter(isFinished).map(({ id }) => this.#node(id));
    if (node !== undefined) return finished;
    const running = jobs.filter(({ status }) => status === 'running');
    const queued = manager.jobs.queued().filter((job) => this.matchesFilter(job));
    const active = [...running, ...queued].map(({ id }) => this.#node(id));
    const rows = finished.length === 0 ? active : [...active, FINISHED];
    this.#rows = [...rows, ...finished];
    return rows;
  }

  /** VS Code needs the parent to reveal a row. */
  getParent(node: TreeNode): TreeNode | undefined {
    if ('group' in node) return undefined;
    return isFinished(this.#jobs.get().jobs.get(node.id)) ? FINISHED : undefined;
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    if (!('group' in node)) {
      const job = this.#jobs.get().jobs.get(node.id);
      const details = this.#detailsOf(job);
      this.#descriptions.set(node.id, describe(job, details));
      return jobRow(job, details);
    }
    const item = new vscode.TreeItem(vscode.l10n.t('Finished'), vscode.TreeItemCollapsibleState.Expanded);
    item.id = FINISHED.group;
    item.contextValue = CONTEXT_VALUES.group;
    // The default label of a row without buttons ends with a space.
    item.accessibilityInformation = { label: vscode.l10n.t('Finished') };
    return item;
  }

  /** Creates the tooltip of the row under the mouse. It lists processes and ports, which take time to find. */
  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    if ('group' in node) return item;
    this.#hovered = { id: node.id, untilMs: performance.now() + TOOLTIP_MS };
    const manager = this.#jobs.get();
    const tree = await manager.inspect(node.id);
    const job = manager.jobs.get(node.id);
    item.tooltip = jobTooltip(job, manager.logs.range(job.id), tree, runsOf(manager.jobs.list(), job));
    return item;
  }

  dispose(): void {
    clearInterval(this.#clock);
    this.#inputs.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  /** Returns true if the filter shows the job. */
  matchesFilter({ name = '', command }: JobRecord): boolean {
    const text = this.#filter.toLowerCase();
    return name.toLowerCase().includes(text) || command.toLowerCase().includes(text);
  }

  /** @returns the number of rows above the row of the job, or undefined for an object that is not a row of this tree */
  indexOf(node: JobNode): number | undefined {
    const index = this.#rows.indexOf(node);
    return index === -1 ? undefined : index;
  }

  #node(id: string): JobNode {
    const node = this.#nodes.get(id) ?? { id };
    this.#nodes.set(id, node);
    return node;
  }

  #refresh(): void {
    const [running, queued] = [this.#running().length, this.#queued().length];
    const tooltip =
      queued === 0
        ? vscode.l10n.t('{0} running', running)
        : vscode.l10n.t('{0} running, {1} queued', running, queued);
    this.#view.badge = running + queued === 0 ? undefined : { value: running + queued, tooltip };
    this.#changed.fire(undefined);
    this.#updateClock();
  }

  /** Runs the clock while elapsed times are visible. */
  #updateClock(): void {
    this.#inputs.follow(this.#view.visible ? this.#running().map(({ id }) => id) : []);
    const isNeeded = this.#view.visible && this.#running().length + this.#queued().length > 0;
    if (!isNeeded) {
      clearInterval(this.#clock);
      this.#clock = undefined;
      return;
    }
    this.#clock ??= setInterval(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const running = this.#running();
    this.#addresses.checkAll(running.map(({ id }) => id));
    for (const job of [...running, ...this.#queued()]) {
      const { id } = job;
      const isHovered = this.#hovered?.id === id && performance.now() < this.#hovered.untilMs;
      const isUnchanged = this.#descriptions.get(id) === describe(job, this.#detailsOf(job));
      if (!isHovered && !isUnchanged) this.#changed.fire(this.#node(id));
    }
  }

  #detailsOf(job: JobRecord): RowDetails {
    const { current } = this.#jobs;
    return {
      addresses: this.#addresses.of(job.id),
      problems: current?.problems.known(job.id)?.counts,
      queue: current && queueStateOf(current.jobs, job),
      asks: current?.input.states.of(job.id) !== undefined,
      isWatched: current !== undefined && current.watches.eventsOf(job).length > 0,
      file: jobFileUri(job),
    };
  }

  #running(): readonly JobRecord[] {
    return this.#jobs.current?.jobs.running() ?? [];
  }

  #queued(): readonly JobRecord[] {
    return this.#jobs.current?.jobs.queued() ?? [];
  }
}
