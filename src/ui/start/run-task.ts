import { resolve } from 'node:path';
import * as vscode from 'vscode';
import { listText, messageText } from '../format/printable.ts';
import { readSettings } from '../settings.ts';
import { startJob, type StartParts } from './start-job.ts';
import { processTaskCommand, shellTaskCommand } from './task-command.ts';
import { askForInputs } from './task-inputs.ts';
import { tasksConfiguration, taskFolder, variableContext } from './task-surroundings.ts';
import { resolveVariables, VariableError } from './task-variables.ts';

interface Row extends vscode.QuickPickItem {
  readonly task: vscode.Task;
}

/** Lets the user choose a shell or process task of tasks.json, and runs it. */
export async function runTask(parts: StartParts): Promise<void> {
  const tasks = (await vscode.tasks.fetchTasks()).filter(isFromTasksFile);
  if (tasks.length === 0) {
    const text = vscode.l10n.t(
      'There are no shell or process tasks. They are configured in .vscode/tasks.json.',
    );
    void vscode.window.showInformationMessage(text);
    return;
  }
  const picked = await vscode.window.showQuickPick(tasks.map(row), {
    title: vscode.l10n.t('Run Task in Background'),
    placeHolder: vscode.l10n.t('Choose a task of tasks.json'),
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  if (picked === undefined) return;
  const { task } = picked;
  if (task.execution === undefined) {
    const text = vscode.l10n.t('The task "{0}" only runs other tasks. Choose one of those.', task.name);
    throw new Error(text);
  }
  if (!(await mayRunAlone(task))) return;
  try {
    await run(parts, task);
  } catch (error) {
    throw error instanceof VariableError ? new Error(explain(error, task)) : error;
  }
}

async function run(parts: StartParts, { name, execution, scope }: vscode.Task): Promise<void> {
  const settings = readSettings();
  const folder = taskFolder(scope);
  const inputs = await askForInputs(JSON.stringify(execution), folder);
  if (inputs === undefined) return;
  const context = variableContext(folder, inputs.values);
  const fill = (text: string): string => resolveVariables(text, context);
  const command =
    execution instanceof vscode.ProcessExecution
      ? processTaskCommand(execution, settings.shell, fill)
      : shellTaskCommand(execution as vscode.ShellExecution, settings.shell, fill);
  const { cwd, env = {} } = (execution as vscode.ShellExecution).options ?? {};
  await startJob(parts, {
    command,
    cwd: resolve(context.folder?.path ?? settings.cwd, cwd === undefined ? '.' : fill(cwd)),
    name,
    env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, fill(value)])),
    isSecret: inputs.haveSecret,
  });
}

/** Tasks of other types are their extensions' own; compound ones are in the list so that it can be said why not. */
function isFromTasksFile({ source, definition: { type } }: vscode.Task): boolean {
  return source === 'Workspace' && ['shell', 'process', '$composite'].includes(type);
}

function row(task: vscode.Task): Row {
  const { execution, name, scope } = task;
  const folder =
    typeof scope === 'object' && (vscode.workspace.workspaceFolders?.length ?? 0) > 1 ? scope.name : '';
  return { label: listText(name), description: listText(folder), detail: listText(summary(execution)), task };
}

/** The command as tasks.json has it. */
function summary(execution: vscode.Task['execution']): string {
  const as = (text: string): string => text;
  if (execution instanceof vscode.ShellExecution) return shellTaskCommand(execution, 'sh', as);
  if (execution instanceof vscode.ProcessExecution) return processTaskCommand(execution, 'sh', as);
  return vscode.l10n.t('runs other tasks');
}

/** What a task depends on is no part of what VS Code tells of it, but of its configuration. */
async function mayRunAlone({ name, scope }: vscode.Task): Promise<boolean> {
  const tasks = tasksConfiguration(taskFolder(scope)).get<unknown>('tasks');
  const own = (Array.isArray(tasks) ? (tasks as unknown[]) : []).find(
    (each): each is { dependsOn?: unknown } =>
      typeof each === 'object' && each !== null && 'label' in each && each.label === name,
  );
  if (own?.dependsOn === undefined) return true;
  const alone = vscode.l10n.t('Run It Alone');
  const text = vscode.l10n.t(
    'The task "{0}" depends on other tasks, which are not run in the background.',
    name,
  );
  return (await vscode.window.showWarningMessage(messageText(text), alone)) === alone;
}

function explain({ variable, problem }: VariableError, { name }: vscode.Task): string {
  switch (problem) {
    case 'no file':
      return vscode.l10n.t(
        'The task "{0}" needs an open file for {1}. Open one and run it again.',
        name,
        variable,
      );
    case 'no folder':
      return vscode.l10n.t('The task "{0}" uses {1}, and there is no such workspace folder.', name, variable);
    case 'no text':
      return vscode.l10n.t('The task "{0}" uses {1}, and that setting is not a text.', name, variable);
    case 'unsupported':
      return vscode.l10n.t(
        'The task "{0}" uses {1}, which is not supported here. Run it with Tasks: Run Task.',
        name,
        variable,
      );
  }
}
