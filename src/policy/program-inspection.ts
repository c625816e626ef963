import { inspectFd } from './fd-inspection.ts';
import { inspectFind } from './find-inspection.ts';
import type { InspectedCommand } from './inspected-command.ts';
import { certain } from './shell-words.ts';
import { inspectSsh } from './ssh-inspection.ts';
import { SUITES } from './subcommand-programs.ts';
import { inspectSuite } from './suite-inspection.ts';
import { inspectWrapper } from './wrapper-inspection.ts';
import { WRAPPERS } from './wrapper-programs.ts';

/**
 * Reports what a program runs, and how else its command can be written.
 *
 * @returns false if the policy does not know the program
 * @throws PolicyRefusal
 */
export function inspectProgram(name: string, command: InspectedCommand): boolean {
  const { words } = command;
  const wrapper = WRAPPERS.get(name);
  const suite = SUITES.get(name);
  if (name === 'find' || name === 'gfind') inspectFind(command);
  else if (name === 'fd' || name === 'fdfind') inspectFd(command);
  else if (name === 'ssh' || name === 'autossh') inspectSsh(command);
  else if (wrapper !== undefined) inspectWrapper(wrapper, command, 1, words.slice(0, 1));
  else if (suite !== undefined) inspectSuite(suite, command, 1, words.slice(0, 1));
  else if (name.startsWith('git-')) {
    // Git has a program for each of its subcommands.
    const all = [certain('git'), certain(name.slice('git-'.length)), ...words.slice(1)];
    inspectSuite(SUITES.get('git')!, { ...command, words: all }, 1, all.slice(0, 1), false);
  } else return false;
  return true;
}
