export type DependencyOrder = 'parallel' | 'sequence';

/** How tasks depend on each other. */
export interface TaskGraph<Task> {
  /** Identifies a task: each runs once. */
  readonly keyOf: (task: Task) => string;
  /** Names a task in errors. */
  readonly labelOf: (task: Task) => string;
  /** Returns true if a task only runs others. */
  readonly isCompound: (task: Task) => boolean;
  readonly dependenciesOf: (task: Task) => readonly Task[];
  readonly orderOf: (task: Task) => DependencyOrder;
}

/** A task that runs. */
export interface TaskStep<Task> {
  readonly task: Task;
  /** What must be ready, or completed, before it starts. */
  readonly after: readonly TaskStep<Task>[];
}

/** Replaces the tasks of steps. */
export function mapSteps<A, B>(steps: readonly TaskStep<A>[], change: (task: A) => B): TaskStep<B>[] {
  const changed = new Map<TaskStep<A>, TaskStep<B>>();
  for (const step of steps) {
    const after = step.after.map((other) => changed.get(other)!);
    changed.set(step, { task: change(step.task), after });
  }
  return [...changed.values()];
}

/** Tasks depend on each other. */
export class TaskCycleError extends Error {
  override readonly name = 'TaskCycleError';
  /** The labels along the circle. The first one is also the last one. */
  readonly labels: readonly string[];

  constructor(labels: readonly string[]) {
    super(`The tasks depend on each other: ${labels.join(' → ')}.`);
    this.labels = labels;
  }
}

/**
 * Returns the steps that run a task with all tasks on which it depends, in an order in which they can start.
 *
 * @throws TaskCycleError
 */
export function planTask<Task>(root: Task, graph: TaskGraph<Task>): TaskStep<Task>[] {
  const { keyOf, labelOf, isCompound, dependenciesOf, orderOf } = graph;
  const steps: TaskStep<Task>[] = [];
  /** Of each task, the steps that must be done before another one that depends on it. */
  const planned = new Map<string, readonly TaskStep<Task>[]>();

  const visit = (
    task: Task,
    before: readonly TaskStep<Task>[],
    parents: readonly Task[],
  ): readonly TaskStep<Task>[] => {
    const key = keyOf(task);
    const first = parents.findIndex((parent) => keyOf(parent) === key);
    if (first >= 0) throw new TaskCycleError([...parents.slice(first), task].map(labelOf));
    const known = planned.get(key);
    if (known !== undefined) return known;
    const path = [...parents, task];
    const dependencies = dependenciesOf(task);
    let after = before;
    if (orderOf(task) === 'sequence') {
      for (const each of dependencies) after = visit(each, after, path);
    } else if (dependencies.length > 0) {
      after = [...new Set(dependencies.flatMap((each) => visit(each, before, path)))];
    }
    const step = { task, after };
    if (!isCompound(task)) steps.push(step);
    const result = isCompound(task) ? after : [step];
    planned.set(key, result);
    return result;
  };

  visit(root, [], []);
  return steps;
}
