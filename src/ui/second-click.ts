import type { Commands, Given } from './commands/command.ts';
import { COMMANDS } from './ids.ts';

/** Longest time (ms) between the clicks of a double click: what desktops have by default. */
const DOUBLE_CLICK = 500;

/** Commands with a button on the row, after which another row moves to where this one was. */
const MOVES_ROWS: ReadonlySet<string> = new Set([COMMANDS.kill, COMMANDS.restart, COMMANDS.remove]);

/**
 * Passes over the second click of a double click on a row's button. When a job is killed its row goes, and the next one
 * moves under the mouse: the second click would kill a job that nobody meant.
 */
export function withoutSecondClicks(commands: Commands): Commands {
  let last: { readonly row: string; readonly at: number } | undefined;
  const guard =
    (run: Commands[string]) =>
    async (...given: Given): Promise<void> => {
      const [node] = given;
      if (node === undefined || node === 'selection' || 'group' in node) return run(...given);
      if (last !== undefined && last.row !== node.id && performance.now() - last.at < DOUBLE_CLICK) return;
      try {
        await run(...given);
      } finally {
        // It is now that rows move.
        last = { row: node.id, at: performance.now() };
      }
    };
  const guarded = Object.entries(commands).filter(([id]) => MOVES_ROWS.has(id));
  return { ...commands, ...Object.fromEntries(guarded.map(([id, run]) => [id, guard(run)])) };
}
