import * as vscode from 'vscode';
import type { JobRecord } from '../../protocol/job-record.ts';
import { CONTEXT_KEYS, CONTEXT_VALUES, VIEWS } from '../contributions.ts';
import { describe, jobRow, jobTooltip } from './job-row.ts';
import type { ManagerSource } from '../manager-source.ts';
import { printable } from '../format/printable.ts';
import { RowAddresses } from './row-addresses.ts';

/** A row of a job. It stays the same object as long as the job is known, so that a change costs one row. */
export interface JobNode {
  readonly id: string;
}

/** The row above the finished jobs. */
const FINISHED = { group: 'finished' } as const;

export type TreeNode = JobNode | typeof FINISHED;

/** Time (ms) between two looks at the clock while running jobs are in sight. */
const TICK = 1000;
/** How long (ms) a row at which somebody points keeps its time: VS Code takes the tooltip away when a row is drawn. */
const TOOLTIP_TIME = 20_000;

/** The jobs in the sidebar: running ones first, then finished ones below a row of their own, newest first. */
export class JobTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #jobs: ManagerSource;
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #nodes = new Map<string, JobNode>();
  readonly #changed = new vscode.EventEmitter<TreeNode | undefined>();
  readonly #addresses: RowAddresses;
  /** What the rows of running jobs say. */
  readonly #shown = new Map<string, string>();
  /** All rows from top to bottom, as they were last asked for, those below a closed row included. */
  #drawn: readonly TreeNode[] = [];
  #pointedAt: { id: string; until: number } | undefined;
  readonly onDidChangeTreeData = this.#changed.event;
  /** As it was told: the view itself has none while the tree is being drawn anew. */
  #selection: readonly TreeNode[] = [];
  #filter = '';
  #clock: NodeJS.Timeout | undefined;

  constructor(jobs: ManagerSource) {
    this.#jobs = jobs;
    this.#addresses = new RowAddresses(jobs, (id) => this.#changed.fire(this.#node(id)));
    this.#view = vscode.window.createTreeView(VIEWS.jobs, { treeDataProvider: this, canSelectMany: true });
    this.#view.onDidChangeSelection(({ selection }) => {
      this.#selection = selection;
    });
    this.#view.onDidChangeVisibility(({ visible }) => {
      this.#setClock();
      // What other windows did in the meantime is found by looking again.
      if (visible) this.#changed.fire(undefined);
    });
    jobs.whenMade((manager) => {
      // A job that begins or ends moves to another place; what else changes is told by its row.
      manager.jobs.on('changed', () => this.#refresh());
      manager.jobs.on('removed', ({ id }) => {
        this.#nodes.delete(id);
        this.#shown.delete(id);
        this.#refresh();
      });
    });
  }

  get selection(): readonly TreeNode[] {
    return this.#selection;
  }

  /** What rows must have in their name or command; empty when all are shown. */
  get filter(): string {
    return this.#filter;
  }

  set filter(text: string) {
    this.#filter = text.trim();
    this.#view.description = this.#filter === '' ? '' : vscode.l10n.t('filter: {0}', printable(this.#filter));
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.filtered, this.#filter !== '');
    this.#refresh();
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node !== undefined && !('group' in node)) return [];
    const manager = await this.#jobs.load();
    await manager.jobs.ready();
    const jobs = manager.jobs.list().filter((job) => this.fitsFilter(job));
    const finished = jobs.filter((job) => !isRunning(job)).map(({ id }) => this.#node(id));
    if (node !== undefined) return finished;
    const running = jobs.filter(isRunning).map(({ id }) => this.#node(id));
    const rows = finished.length === 0 ? running : [...running, FINISHED];
    this.#drawn = [...rows, ...finished];
    return rows;
  }

  /** Of a job of the tree: needed to select a row from elsewhere. */
  getParent(node: TreeNode): TreeNode | undefined {
    if ('group' in node) return undefined;
    return isRunning(this.#jobs.get().jobs.get(node.id)) ? undefined : FINISHED;
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    if (!('group' in node)) {
      const addresses = this.#addresses.of(node.id);
      const job = this.#jobs.get().jobs.get(node.id);
      this.#shown.set(node.id, describe(job, addresses));
      return jobRow(job, addresses);
    }
    const item = new vscode.TreeItem(vscode.l10n.t('Finished'), vscode.TreeItemCollapsibleState.Expanded);
    item.id = FINISHED.group;
    item.contextValue = CONTEXT_VALUES.group;
    // VS Code's own label of a row without buttons ends with a blank.
    item.accessibilityInformation = { label: vscode.l10n.t('Finished') };
    return item;
  }

  /** The tooltip asks for processes and ports, so it is made for the row that somebody points at, and no other. */
  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    if ('group' in node) return item;
    this.#pointedAt = { id: node.id, until: performance.now() + TOOLTIP_TIME };
    const manager = this.#jobs.get();
    const tree = await manager.inspect(node.id);
    item.tooltip = jobTooltip(manager.jobs.get(node.id), manager.logs.range(node.id), tree);
    return item;
  }

  dispose(): void {
    clearInterval(this.#clock);
    this.#view.dispose();
    this.#changed.dispose();
  }

  /** Whether a job has what the filter asks for. */
  fitsFilter({ name = '', command }: JobRecord): boolean {
    const text = this.#filter.toLowerCase();
    return name.toLowerCase().includes(text) || command.toLowerCase().includes(text);
  }

  /** @returns how many rows stand above that of the job; undefined for a node that a program has made up */
  placeOf(node: JobNode): number | undefined {
    const place = this.#drawn.indexOf(node);
    return place === -1 ? undefined : place;
  }

  #node(id: string): JobNode {
    const node = this.#nodes.get(id) ?? { id };
    this.#nodes.set(id, node);
    return node;
  }

  #refresh(): void {
    const running = this.#running().length;
    this.#view.badge =
      running === 0 ? undefined : { value: running, tooltip: vscode.l10n.t('{0} running', running) };
    this.#changed.fire(undefined);
    this.#setClock();
  }

  /** Elapsed times move on while somebody can see them. */
  #setClock(): void {
    const isNeeded = this.#view.visible && this.#running().length > 0;
    if (!isNeeded) {
      clearInterval(this.#clock);
      this.#clock = undefined;
      return;
    }
    this.#clock ??= setInterval(() => this.#tick(), TICK);
  }

  #tick(): void {
    const running = this.#running();
    this.#addresses.look(running.map(({ id }) => id));
    for (const job of running) {
      const { id } = job;
      const isPointedAt = this.#pointedAt?.id === id && performance.now() < this.#pointedAt.until;
      const isStill = this.#shown.get(id) === describe(job, this.#addresses.of(id));
      if (!isPointedAt && !isStill) this.#changed.fire(this.#node(id));
    }
  }

  #running(): readonly JobRecord[] {
    return this.#jobs.current?.jobs.running() ?? [];
  }
}

function isRunning({ status }: JobRecord): boolean {
  return status === 'running';
}
