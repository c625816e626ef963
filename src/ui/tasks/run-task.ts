import * as vscode from 'vscode';
import type { JobManager } from '../../jobs/manager.ts';
import type { Starter, TerminalSize } from '../../protocol/job-record.ts';
import { listText, messageText } from '../format/printable.ts';
import { PERSON } from '../person-starter.ts';
import { CommandHistory } from '../start/command-history.ts';
import type { StartParts } from '../start/start-job.ts';
import { processTaskCommand, shellTaskCommand } from '../start/task-command.ts';
import { chooseTerminal } from '../start/terminal-choice.ts';
import { prepareTasks } from './prepared-task.ts';
import { TaskCatalog } from './task-catalog.ts';
import { mapSteps } from './task-plan.ts';
import { type StartedTask, startTasks } from './task-start.ts';

interface Row extends vscode.QuickPickItem {
  readonly task: vscode.Task;
}

/** Lets the user choose a task from tasks.json, and runs it with the tasks on which it depends. */
export async function runTask({ jobs, outputs, memory }: StartParts): Promise<void> {
  const catalog = await TaskCatalog.load();
  const tasks = catalog.ownTasks;
  if (tasks.length === 0) {
    const text = vscode.l10n.t('No shell or process tasks found. Configure them in .vscode/tasks.json.');
    void vscode.window.showInformationMessage(text);
    return;
  }
  const picked = await vscode.window.showQuickPick(tasks.map(createRow), {
    title: vscode.l10n.t('Run Task in Background'),
    placeHolder: vscode.l10n.t('Choose a task from tasks.json'),
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  if (picked === undefined) return;
  const manager = await jobs.load();
  const started = await start(catalog, picked.task, {
    manager,
    startedBy: PERSON,
    terminal: chooseTerminal(memory),
  });
  if (started === undefined) return;
  for (const { task } of started) {
    if (!task.isSecret && Object.keys(task.env).length === 0) {
      await new CommandHistory(memory).add({ command: task.command, cwd: task.cwd, name: task.label });
    }
  }
  const last = started.at(-1);
  if (last?.isExisting === true) {
    void vscode.window.showInformationMessage(
      messageText(vscode.l10n.t('{0} is already running.', last.task.label)),
    );
  }
  for (const { job, task } of started.filter(isRevealed)) {
    await outputs.show(job.id, { preserveFocus: task.presentation.focus !== true });
  }
}

/**
 * Runs the task with a label, with the tasks on which it depends, for an agent.
 *
 * @returns the jobs, the one of the task last. Undefined if the user cancels an input.
 * @throws JobError if there is no such task, or it cannot run
 */
export async function startTaskFor(
  manager: JobManager,
  label: string,
  startedBy: Starter,
): Promise<readonly StartedTask[] | undefined> {
  const catalog = await TaskCatalog.load();
  return start(catalog, catalog.withLabel(label), { manager, startedBy, terminal: undefined });
}

async function start(
  catalog: TaskCatalog,
  task: vscode.Task,
  options: {
    readonly manager: JobManager;
    readonly startedBy: Starter;
    readonly terminal: TerminalSize | undefined;
  },
): Promise<StartedTask[] | undefined> {
  const steps = catalog.plan(task);
  const prepared = await prepareTasks(steps.map((step) => step.task));
  if (prepared === undefined) return undefined;
  const prepare = mapSteps(steps, (each) => prepared.get(each)!);
  return startTasks(prepare, options);
}

/** VS Code shows a task that is to be revealed silently only if it fails. A notification says so here. */
function isRevealed({ task: { presentation } }: StartedTask): boolean {
  return presentation.reveal === undefined || presentation.reveal === vscode.TaskRevealKind.Always;
}

function createRow(task: vscode.Task): Row {
  const { execution, name, scope } = task;
  const folder =
    typeof scope === 'object' && (vscode.workspace.workspaceFolders?.length ?? 0) > 1 ? scope.name : '';
  return {
    label: listText(name),
    description: listText(folder),
    detail: listText(commandText(execution)),
    task,
  };
}

/** Returns the command as written in tasks.json. */
function commandText(execution: vscode.Task['execution']): string {
  const keep = (text: string): string => text;
  if (execution instanceof vscode.ShellExecution) return shellTaskCommand(execution, 'sh', keep);
  if (execution instanceof vscode.ProcessExecution) return processTaskCommand(execution, 'sh', keep);
  return vscode.l10n.t('runs other tasks');
}
