import type { Commands, Given } from './commands/command.ts';
import { COMMANDS } from './ids.ts';
import type { JobTree } from './job-tree.ts';

/** Longest time (ms) between the clicks of a double click: what desktops have by default. */
const DOUBLE_CLICK = 500;

/**
 * Passes over the second click of a double click on a row's button. When a job is killed its row goes, and the next one
 * moves under the mouse: the second click would kill a job that nobody meant.
 */
export function withoutSecondClicks(commands: Commands, tree: JobTree): Commands {
  let last: { readonly row: string; readonly at: number } | undefined;
  const guard =
    (run: Commands[string]) =>
    async (...given: Given): Promise<void> => {
      const [node] = given;
      const isClick = typeof node === 'object' && !('group' in node) && tree.isRow(node);
      if (!isClick) return run(...given);
      if (last !== undefined && last.row !== node.id && performance.now() - last.at < DOUBLE_CLICK) return;
      try {
        await run(...given);
      } finally {
        // It is now that rows move.
        last = { row: node.id, at: performance.now() };
      }
    };
  const guarded = Object.entries(commands).map(([id, run]): [string, Commands[string]] => {
    return [id, hasButton(id) ? guard(run) : run];
  });
  return Object.fromEntries(guarded);
}

/** Whether a row has a button for it, after which another row stands where this one was. */
function hasButton(command: string): boolean {
  return command === COMMANDS.kill || command === COMMANDS.restart || command === COMMANDS.remove;
}
