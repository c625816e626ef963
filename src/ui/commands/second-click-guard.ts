import type { Commands, Given } from './command.ts';
import { COMMANDS } from '../contributions.ts';
import type { JobTree } from '../tree/job-tree.ts';

/** Longest time (ms) between the clicks of a double click: what desktops have by default. */
const DOUBLE_CLICK = 500;

/**
 * Passes over the second click of a double click on a row's button. When a job is killed its row goes, and the next one
 * moves under the mouse: the second click would kill a job that nobody meant. A click at another place is meant.
 */
export function withoutSecondClicks(commands: Commands, tree: JobTree): Commands {
  let last: { readonly row: string; readonly place: number; readonly at: number } | undefined;
  const isSecond = (row: string, place: number): boolean => {
    if (last === undefined || last.row === row || performance.now() - last.at >= DOUBLE_CLICK) return false;
    // At the end of a list that is scrolled down, it is the row above that takes the place of one that goes.
    return place === last.place || place === last.place - 1;
  };
  const guard =
    (run: Commands[string]) =>
    async (...given: Given): Promise<void> => {
      const [node] = given;
      const isRow = typeof node === 'object' && !('group' in node);
      const place = isRow ? tree.placeOf(node) : undefined;
      if (!isRow || place === undefined) return run(...given);
      if (isSecond(node.id, place)) return;
      try {
        await run(...given);
      } finally {
        // It is now that rows move.
        last = { row: node.id, place, at: performance.now() };
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
