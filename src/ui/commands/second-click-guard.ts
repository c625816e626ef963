import type { JobTree } from '../tree/job-tree.ts';
import type { CommandArguments, CommandContext } from './command.ts';

/** Longest time between the clicks of a double click, as desktops have it by default. */
const DOUBLE_CLICK_MS = 500;

/**
 * Ignores the second click of a double click on a button of a row. When a job is killed, its row disappears and another
 * one moves under the mouse. The second click would kill the wrong job. Clicks at other places are not affected.
 */
export function createSecondClickGuard(tree: JobTree): CommandContext['ignoreSecondClick'] {
  let last: { readonly row: string; readonly index: number; readonly atMs: number } | undefined;
  const isSecond = (row: string, index: number): boolean => {
    if (last === undefined || last.row === row || performance.now() - last.atMs >= DOUBLE_CLICK_MS)
      return false;
    // At the end of a list that is scrolled down, the row above takes the place of a removed row.
    return index === last.index || index === last.index - 1;
  };
  return (handler) =>
    async (...given: CommandArguments): Promise<void> => {
      const [node] = given;
      const isRow = typeof node === 'object' && !('group' in node);
      const index = isRow ? tree.indexOf(node) : undefined;
      if (!isRow || index === undefined) return handler(...given);
      if (isSecond(node.id, index)) return;
      try {
        await handler(...given);
      } finally {
        // Rows move only after the command has run.
        last = { row: node.id, index, atMs: performance.now() };
      }
    };
}
