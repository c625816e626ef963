/** What identifies a task to a caller. */
export interface TaskIdentity {
  readonly name: string;
  /** The name of the extension that contributes it, or "Workspace". */
  readonly source: string;
  /** The name of its folder. Undefined if the workspace has only one. */
  readonly folder: string | undefined;
}

/** Names a task so that a caller can choose it among those of all folders, such as `build (web)`. */
export function labelIn({ name, folder }: TaskIdentity): string {
  return folder === undefined ? name : `${name} (${folder})`;
}

/** Returns true if a label means a task. Tasks of extensions have the name of the extension before theirs, such as `npm: build`. */
export function isCalled(task: TaskIdentity, label: string): boolean {
  const { name, source, folder } = task;
  const names = [name, `${source}: ${name}`];
  return (
    names.includes(label) || (folder !== undefined && names.some((each) => label === `${each} (${folder})`))
  );
}

/** Returns the first task of each folder. With more than one, the label is ambiguous. */
export function oneOfEachFolder<T extends TaskIdentity>(tasks: readonly T[]): T[] {
  return [...new Map(tasks.toReversed().map((task) => [task.folder, task])).values()].toReversed();
}
