import * as vscode from 'vscode';
import { JobError } from '../../base/job-error.ts';
import { taskFolder, tasksConfiguration } from '../start/task-surroundings.ts';
import { workspaceFolders } from '../start/workspace-folders.ts';
import {
  configurationsOf,
  dependenciesOf,
  orderOf,
  type TaskConfiguration,
  type TaskReference,
} from './task-configuration.ts';
import { isCalled, labelIn, oneOfEachFolder, type TaskIdentity } from './task-label.ts';
import { planTask, TaskCycleError, type TaskStep } from './task-plan.ts';

/** How many labels an error lists. */
const MAX_LABELS = 10;

/** The tasks of the workspace and of extensions, as they are now. */
export class TaskCatalog {
  readonly #tasks: readonly vscode.Task[];

  private constructor(tasks: readonly vscode.Task[]) {
    this.#tasks = tasks;
  }

  static async load(): Promise<TaskCatalog> {
    return new TaskCatalog(await vscode.tasks.fetchTasks());
  }

  /** The tasks that tasks.json defines and that can run in the background. */
  get ownTasks(): vscode.Task[] {
    return this.#tasks.filter(isFromTasksFile);
  }

  /** Returns the task with a label, such as `build` or `build (web)`. @throws JobError if there is none, or several */
  withLabel(label: string): vscode.Task {
    const found = this.#tasks.filter((task) => isCalled(identityOf(task), label));
    const own = found.filter(isFromTasksFile);
    const candidates = (own.length > 0 ? own : found).map((task) => ({ ...identityOf(task), task }));
    const [first, ...others] = oneOfEachFolder(candidates);
    if (first !== undefined && others.length > 0) {
      const labels = [first, ...others].map((each) => `"${labelIn(each)}"`).join(', ');
      throw new JobError(vscode.l10n.t('Several folders have a task "{0}". Use one of {1}.', label, labels));
    }
    const task = first?.task;
    if (task === undefined) {
      const labels = this.ownTasks.slice(0, MAX_LABELS).map((each) => `"${labelIn(identityOf(each))}"`);
      const known = labels.length === 0 ? vscode.l10n.t('none') : labels.join(', ');
      throw new JobError(
        vscode.l10n.t('There is no task "{0}". The tasks of tasks.json: {1}.', label, known),
      );
    }
    configurationOf(task);
    return task;
  }

  /**
   * Returns the steps that run a task and those on which it depends.
   *
   * @throws JobError if a task is missing or ambiguous, cannot run in the background, or depends on itself
   */
  plan(root: vscode.Task): TaskStep<vscode.Task>[] {
    try {
      return planTask(root, {
        keyOf: (task) => `${taskFolder(task.scope)?.path ?? ''}\n${task.source}\n${task.name}`,
        labelOf: (task) => labelIn(identityOf(task)),
        isCompound,
        dependenciesOf: (task) =>
          dependenciesOf(configurationOf(task)).map((reference) => this.#dependency(task, reference)),
        orderOf: (task) => orderOf(configurationOf(task)),
      });
    } catch (error) {
      if (!(error instanceof TaskCycleError)) throw error;
      const path = error.labels.map((label) => `"${label}"`).join(' → ');
      throw new JobError(
        vscode.l10n.t('The tasks depend on each other: {0}. Change "dependsOn" of one of them.', path),
      );
    }
  }

  #dependency(task: vscode.Task, reference: TaskReference): vscode.Task {
    const found = this.#tasks.filter((each) =>
      typeof reference === 'string' ? isCalled(identityOf(each), reference) : isDefinedBy(each, reference),
    );
    const inFolder = found.filter(({ scope }) => taskFolder(scope)?.path === taskFolder(task.scope)?.path);
    const dependency = inFolder.find(isFromTasksFile) ?? inFolder[0] ?? found[0];
    const label = typeof reference === 'string' ? reference : JSON.stringify(reference);
    if (dependency === undefined) {
      throw new JobError(
        vscode.l10n.t(
          'The task "{0}" depends on "{1}", which does not exist. Correct "dependsOn".',
          task.name,
          label,
        ),
      );
    }
    if (!isCompound(dependency) && !canRun(dependency)) {
      throw new JobError(
        vscode.l10n.t(
          'The task "{0}" depends on "{1}", which only its extension can run. Run it with Tasks: Run Task.',
          task.name,
          label,
        ),
      );
    }
    return dependency;
  }
}

/** Returns the entry of a task in tasks.json. @throws JobError if there are several */
export function configurationOf({ name, scope, source }: vscode.Task): TaskConfiguration {
  const found = configurationsOf(tasksConfiguration(taskFolder(scope)).get<unknown>('tasks'), name);
  // Tasks of extensions can have the same name.
  if (found.length > 1 && source === 'Workspace') {
    throw new JobError(
      vscode.l10n.t('The label "{0}" occurs {1} times in tasks.json. Rename the others.', name, found.length),
    );
  }
  return found[0] ?? {};
}

/** Returns true if a task only runs others. */
function isCompound({ definition: { type }, execution }: vscode.Task): boolean {
  return execution === undefined && type === '$composite';
}

function canRun({ execution }: vscode.Task): boolean {
  return execution instanceof vscode.ShellExecution || execution instanceof vscode.ProcessExecution;
}

/** Tasks of other types belong to extensions. */
function isFromTasksFile({ source, definition: { type } }: vscode.Task): boolean {
  return source === 'Workspace' && ['shell', 'process', '$composite'].includes(type);
}

function identityOf({ name, source, scope }: vscode.Task): TaskIdentity {
  return { name, source, folder: workspaceFolders().length > 1 ? taskFolder(scope)?.name : undefined };
}

function isDefinedBy({ definition }: vscode.Task, properties: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(properties).every(([key, value]) => definition[key] === value);
}
