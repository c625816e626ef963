import * as vscode from 'vscode';
import { duration, shorten } from '../jobs/describe.ts';
import type { JobRecord, Status } from '../runner/records.ts';
import { COMMANDS, CONTEXT_VALUES, VIEWS } from './ids.ts';
import type { ManagerSource } from './manager-source.ts';

/** A row. It stays the same object as long as the job is known, so that a change costs one row. */
export interface JobNode {
  readonly id: string;
}

/** Time (ms) between two looks at the clock while running jobs are in sight. */
const TICK = 1000;
const MAX_LABEL = 80;
const MAX_TOOLTIP = 500;

const ICONS: Readonly<Record<Status, vscode.ThemeIcon>> = {
  running: new vscode.ThemeIcon('sync~spin', new vscode.ThemeColor('charts.blue')),
  completed: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  killed: new vscode.ThemeIcon('circle-slash'),
  lost: new vscode.ThemeIcon('question', new vscode.ThemeColor('list.warningForeground')),
};

/** The jobs in the sidebar: running ones first, then finished ones, newest first. */
export class JobTree implements vscode.TreeDataProvider<JobNode>, vscode.Disposable {
  readonly #jobs: ManagerSource;
  readonly #view: vscode.TreeView<JobNode>;
  readonly #nodes = new Map<string, JobNode>();
  readonly #changed = new vscode.EventEmitter<JobNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #clock: NodeJS.Timeout | undefined;

  constructor(jobs: ManagerSource) {
    this.#jobs = jobs;
    this.#view = vscode.window.createTreeView(VIEWS.jobs, { treeDataProvider: this });
    this.#view.onDidChangeVisibility(() => this.#setClock());
    jobs.whenMade((manager) => {
      // A job that begins or ends moves to another place; what else changes is told by its row.
      manager.on('changed', () => this.#refresh());
      manager.on('removed', ({ id }) => {
        this.#nodes.delete(id);
        this.#refresh();
      });
    });
  }

  async getChildren(node?: JobNode): Promise<JobNode[]> {
    if (node !== undefined) return [];
    const manager = this.#jobs.get();
    await manager.ready();
    const jobs = manager.list();
    const isRunning = ({ status }: JobRecord): boolean => status === 'running';
    const sorted = [...jobs.filter(isRunning), ...jobs.filter((job) => !isRunning(job))];
    return sorted.map(({ id }) => this.#node(id));
  }

  getTreeItem({ id }: JobNode): vscode.TreeItem {
    const job = this.#jobs.get().get(id);
    const item = new vscode.TreeItem(printable(shorten(job.name ?? job.command, MAX_LABEL)));
    item.id = id;
    item.description = describe(job);
    item.iconPath = ICONS[job.status];
    item.contextValue = job.status === 'running' ? CONTEXT_VALUES.running : CONTEXT_VALUES.finished;
    item.tooltip = tooltip(job);
    item.accessibilityInformation = {
      label: `${printable(job.name ?? shorten(job.command, MAX_LABEL))}, ${describe(job)}`,
    };
    item.command = { command: COMMANDS.showOutput, title: vscode.l10n.t('Show Output'), arguments: [{ id }] };
    return item;
  }

  dispose(): void {
    clearInterval(this.#clock);
    this.#view.dispose();
    this.#changed.dispose();
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
    this.#clock ??= setInterval(() => {
      for (const { id } of this.#running()) this.#changed.fire(this.#node(id));
    }, TICK);
  }

  #running(): JobRecord[] {
    return this.#jobs.current?.list().filter(({ status }) => status === 'running') ?? [];
  }
}

/** Such as "running · 12s", "failed · exit code 1 · 3s". */
function describe(job: JobRecord): string {
  const code =
    job.exitCode === undefined || job.exitCode === 0
      ? undefined
      : vscode.l10n.t('exit code {0}', job.exitCode);
  const how = job.error === undefined ? (job.signal ?? code) : vscode.l10n.t('could not start');
  return [job.status, how, duration(job)].filter((part) => part !== undefined).join(' · ');
}

function tooltip(job: JobRecord): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendCodeblock(printable(job.command.slice(0, MAX_TOOLTIP)), 'shellscript');
  const line = (name: string, value: string | undefined): void => {
    if (value !== undefined) text.appendText(`${name}: ${printable(value)}\n`);
  };
  line(vscode.l10n.t('Status'), describe(job));
  line(vscode.l10n.t('Error'), job.error);
  line(vscode.l10n.t('Folder'), job.cwd);
  line(vscode.l10n.t('Process'), job.pid?.toString());
  line(vscode.l10n.t('Started'), new Date(job.startedAt).toLocaleString());
  line(vscode.l10n.t('Started by'), job.startedBy.client ?? job.startedBy.kind);
  return text;
}

/** Control characters and direction marks (Unicode, general category Cc and property Bidi_Control). */
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Bidi_Control}]/gu;

/** Text from a job in a form that cannot make a row say something else. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}
