interface Node {
  readonly pid: number;
  /** Unknown for jobs of a runner of an earlier version. */
  readonly parent?: number;
}

/** Puts each process behind its parent. @returns them with the number of their ancestors that are listed */
export function inTreeOrder<T extends Node>(processes: readonly T[]): { process: T; depth: number }[] {
  const pids = new Set(processes.map(({ pid }) => pid));
  const children = new Map<number | undefined, T[]>();
  for (const process of processes) {
    const { parent } = process;
    const isChild = parent !== undefined && parent !== process.pid && pids.has(parent);
    const key = isChild ? parent : undefined;
    children.set(key, [...(children.get(key) ?? []), process]);
  }
  const ordered: { process: T; depth: number }[] = [];
  const seen = new Set<number>();
  const add = (process: T, depth: number): void => {
    if (seen.has(process.pid)) return;
    seen.add(process.pid);
    ordered.push({ process, depth });
    for (const child of children.get(process.pid) ?? []) add(child, depth + 1);
  };
  for (const root of children.get(undefined) ?? []) add(root, 0);
  // The list is not made in one moment, so parents could form a circle.
  for (const process of processes) add(process, 0);
  return ordered;
}
