import { resolve as resolvePath } from 'node:path';
import * as vscode from 'vscode';
import { JobError } from '../../base/job-error.ts';
import { MatcherError } from '../../problems/matcher-error.ts';
import { resolvePaths } from '../../problems/matcher-paths.ts';
import { MatcherRegistry } from '../../problems/matcher-registry.ts';
import type { ProblemMatcher } from '../../protocol/problem-matcher.ts';
import { messageText } from '../format/printable.ts';
import { contributedMatchers } from '../problems/contributed-matchers.ts';
import { readSettings } from '../settings.ts';
import { processTaskCommand, shellTaskCommand } from '../start/task-command.ts';
import { askForInputs } from '../start/task-inputs.ts';
import { taskFolder, variableContext } from '../start/task-surroundings.ts';
import { resolveVariables, type VariableContext, VariableError } from '../start/task-variables.ts';
import { configurationOf } from './task-catalog.ts';
import { matchersOf } from './task-configuration.ts';

/** A task whose variables have values, so that it can start at any time. */
export interface PreparedTask {
  readonly label: string;
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly matchers: readonly ProblemMatcher[];
  /** How many of it may run at the same time. */
  readonly instanceLimit: number;
  readonly presentation: vscode.TaskPresentationOptions;
  /** The command contains hidden input. */
  readonly isSecret: boolean;
}

/**
 * Prepares tasks. Asks for the inputs of all of them first.
 *
 * @returns undefined if the user cancels
 * @throws JobError for a variable without a value
 */
export async function prepareTasks(
  tasks: readonly vscode.Task[],
): Promise<ReadonlyMap<vscode.Task, PreparedTask> | undefined> {
  const prepared = new Map<vscode.Task, PreparedTask>();
  const pathOf = ({ scope }: vscode.Task): string | undefined => taskFolder(scope)?.path;
  for (const path of new Set(tasks.map(pathOf))) {
    const inFolder = tasks.filter((task) => pathOf(task) === path);
    const folder = taskFolder(inFolder[0]!.scope);
    // An input that several tasks use is asked for once.
    const inputs = await askForInputs(JSON.stringify(inFolder.map(({ execution }) => execution)), folder);
    if (inputs === undefined) return undefined;
    const context = variableContext(folder, inputs.values);
    for (const task of inFolder) prepared.set(task, prepareTask(task, context, inputs.haveSecret));
  }
  return prepared;
}

function prepareTask(task: vscode.Task, context: VariableContext, isSecret: boolean): PreparedTask {
  try {
    return prepare(task, context, isSecret);
  } catch (error) {
    throw error instanceof VariableError ? new JobError(errorText(error, task)) : error;
  }
}

function prepare(task: vscode.Task, context: VariableContext, isSecret: boolean): PreparedTask {
  const { execution, name, runOptions, presentationOptions } = task;
  const settings = readSettings();
  const resolve = (text: string): string => resolveVariables(text, context);
  const command =
    execution instanceof vscode.ProcessExecution
      ? processTaskCommand(execution, settings.shell, resolve)
      : shellTaskCommand(execution as vscode.ShellExecution, settings.shell, resolve);
  const { cwd, env = {} } = (execution as vscode.ShellExecution).options ?? {};
  const { instanceLimit = 1 } = runOptions as { readonly instanceLimit?: number };
  return {
    label: name,
    command,
    cwd: resolvePath(context.folder?.path ?? settings.cwd, cwd === undefined ? '.' : resolve(cwd)),
    env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, resolve(value)])),
    matchers: resolveMatchers(task, resolve),
    instanceLimit,
    presentation: presentationOptions,
    isSecret,
  };
}

/** Returns the problem matchers of a task. Without one that cannot be used, a task still runs. */
function resolveMatchers(task: vscode.Task, resolve: (text: string) => string): ProblemMatcher[] {
  const references = matchersOf(configurationOf(task)) ?? task.problemMatchers;
  if (references.length === 0) return [];
  const registry = new MatcherRegistry(contributedMatchers());
  return references.flatMap((reference) => {
    try {
      return registry.resolve([reference]).map((matcher) => resolvePaths(matcher, resolve));
    } catch (error) {
      if (!(error instanceof MatcherError)) throw error;
      const text = vscode.l10n.t(
        'The task "{0}" runs without its problem matcher. {1}',
        task.name,
        error.message,
      );
      void vscode.window.showWarningMessage(messageText(text));
      return [];
    }
  });
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
