import type { Status } from '../runner/records.ts';
import type { Commands, Given } from './commands/command.ts';
import { COMMANDS } from './ids.ts';

/** Longest time (ms) between the clicks of a double click: what desktops have by default. */
const DOUBLE_CLICK = 500;

/**
 * Passes over the second click of a double click on a row's button. When a job is killed its row goes, and the next one
 * moves under the mouse: the second click would kill a job that nobody meant.
 *
 * @param statusOf undefined for a job that is not there
 */
export function withoutSecondClicks(
  commands: Commands,
  statusOf: (id: string) => Status | undefined,
): Commands {
  let last: { readonly row: string; readonly at: number } | undefined;
  const guard =
    (command: string, run: Commands[string]) =>
    async (...given: Given): Promise<void> => {
      const [node] = given;
      if (node === undefined || node === 'selection' || 'group' in node) return run(...given);
      if (last !== undefined && last.row !== node.id && performance.now() - last.at < DOUBLE_CLICK) return;
      const before = statusOf(node.id);
      try {
        await run(...given);
      } finally {
        const isAnother = command === COMMANDS.restart && before !== undefined;
        // It is now that rows move.
        if (isAnother || statusOf(node.id) !== before) last = { row: node.id, at: performance.now() };
      }
    };
  const guarded = Object.entries(commands).map(([id, run]): [string, Commands[string]] => {
    return [id, hasButton(id) ? guard(id, run) : run];
  });
  return Object.fromEntries(guarded);
}

/** Whether a row has a button for it, after which another row stands where this one was. */
function hasButton(command: string): boolean {
  return command === COMMANDS.kill || command === COMMANDS.restart || command === COMMANDS.remove;
}
