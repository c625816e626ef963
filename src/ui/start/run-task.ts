import { resolve as resolvePath } from 'node:path';
import * as vscode from 'vscode';
import { listText, messageText } from '../format/printable.ts';
import { readSettings } from '../settings.ts';
import { startJob, type StartParts } from './start-job.ts';
import { processTaskCommand, shellTaskCommand } from './task-command.ts';
import { askForInputs } from './task-inputs.ts';
import { taskFolder, tasksConfiguration, variableContext } from './task-surroundings.ts';
import { resolveVariables, VariableError } from './task-variables.ts';

interface Row extends vscode.QuickPickItem {
  readonly task: vscode.Task;
}

/** Lets the user choose a shell or process task from tasks.json and runs it. */
export async function runTask(parts: StartParts): Promise<void> {
  const tasks = (await vscode.tasks.fetchTasks()).filter(isFromTasksFile);
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
  const { task } = picked;
  if (task.execution === undefined) {
    const text = vscode.l10n.t(
      'The task "{0}" only runs other tasks. Choose one of them instead.',
      task.name,
    );
    throw new Error(text);
  }
  if (!(await confirmWithoutDependencies(task))) return;
  try {
    await run(parts, task);
  } catch (error) {
    throw error instanceof VariableError ? new Error(errorText(error, task)) : error;
  }
}

async function run(parts: StartParts, { name, execution, scope }: vscode.Task): Promise<void> {
  const settings = readSettings();
  const folder = taskFolder(scope);
  const inputs = await askForInputs(JSON.stringify(execution), folder);
  if (inputs === undefined) return;
  const context = variableContext(folder, inputs.values);
  const resolve = (text: string): string => resolveVariables(text, context);
  const command =
    execution instanceof vscode.ProcessExecution
      ? processTaskCommand(execution, settings.shell, resolve)
      : shellTaskCommand(execution as vscode.ShellExecution, settings.shell, resolve);
  const { cwd, env = {} } = (execution as vscode.ShellExecution).options ?? {};
  await startJob(parts, {
    command,
    cwd: resolvePath(context.folder?.path ?? settings.cwd, cwd === undefined ? '.' : resolve(cwd)),
    name,
    env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, resolve(value)])),
    isSecret: inputs.haveSecret,
  });
}

/** Tasks of other types belong to extensions. Compound tasks are listed so that an error can explain why they do not run. */
function isFromTasksFile({ source, definition: { type } }: vscode.Task): boolean {
  return source === 'Workspace' && ['shell', 'process', '$composite'].includes(type);
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

/** Asks whether to run a task without its dependencies. VS Code reports these only in the configuration. */
async function confirmWithoutDependencies({ name, scope }: vscode.Task): Promise<boolean> {
  const tasks = tasksConfiguration(taskFolder(scope)).get<unknown>('tasks');
  const configured = (Array.isArray(tasks) ? (tasks as unknown[]) : []).find(
    (each): each is { dependsOn?: unknown } =>
      typeof each === 'object' && each !== null && 'label' in each && each.label === name,
  );
  if (configured?.dependsOn === undefined) return true;
  const button = vscode.l10n.t('Run Without Dependencies');
  const text = vscode.l10n.t(
    'The task "{0}" depends on other tasks. They do not run in the background.',
    name,
  );
  return (await vscode.window.showWarningMessage(messageText(text), button)) === button;
}

function errorText({ variable, problem }: VariableError, { name }: vscode.Task): string {
  switch (problem) {
    case 'no file':
      return vscode.l10n.t(
        'The task "{0}" uses {1}, which needs an open file. Open a file and run the task again.',
        name,
        variable,
      );
    case 'no folder':
      return vscode.l10n.t(
        'The task "{0}" uses {1}, but this workspace folder does not exist.',
        name,
        variable,
      );
    case 'not a string':
      return vscode.l10n.t('The task "{0}" uses {1}, but that setting is not a string.', name, variable);
    case 'unsupported':
      return vscode.l10n.t(
        'The task "{0}" uses {1}, which background jobs do not support. Run it with Tasks: Run Task.',
        name,
        variable,
      );
  }
}
