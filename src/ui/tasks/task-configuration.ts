import type { DependencyOrder } from './task-plan.ts';

/** An unchecked entry of `tasks` in tasks.json, as far as the API of VS Code does not return it. */
export interface TaskConfiguration {
  readonly label?: unknown;
  readonly taskName?: unknown;
  readonly dependsOn?: unknown;
  readonly dependsOrder?: unknown;
  readonly problemMatcher?: unknown;
}

/** A task on which another one depends: its label, or properties of its definition. */
export type TaskReference = string | Readonly<Record<string, unknown>>;

/** Returns the entries with a label. There should be at most one. */
export function configurationsOf(tasks: unknown, label: string): TaskConfiguration[] {
  if (!Array.isArray(tasks)) return [];
  return (tasks as unknown[]).filter(
    (each): each is TaskConfiguration =>
      isObject(each) && ((each as TaskConfiguration).label ?? (each as TaskConfiguration).taskName) === label,
  );
}

/** Returns the tasks on which a task depends. */
export function dependenciesOf({ dependsOn }: TaskConfiguration): TaskReference[] {
  const list = Array.isArray(dependsOn) ? (dependsOn as unknown[]) : [dependsOn];
  return list.filter((each): each is TaskReference => typeof each === 'string' || isObject(each));
}

export function orderOf({ dependsOrder }: TaskConfiguration): DependencyOrder {
  return dependsOrder === 'sequence' ? 'sequence' : 'parallel';
}

/** Returns the problem matchers of a task: names and definitions. Undefined if the entry has none of its own. */
export function matchersOf({ problemMatcher }: TaskConfiguration): unknown[] | undefined {
  if (problemMatcher === undefined) return undefined;
  return Array.isArray(problemMatcher) ? (problemMatcher as unknown[]) : [problemMatcher];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
