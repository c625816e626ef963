import { Analysis } from './command-analysis.ts';
import { checkInput } from './input-check.ts';
import type { CommandLists } from './command-lists.ts';
import { compile, match } from './command-patterns.ts';
import { PolicyRefusal } from './refusal.ts';
import { SHELLS } from './nested-shells.ts';
import { checkEnvironment } from './variable-assignments.ts';
import { programOf } from './shell-words.ts';

/** May this run? */
export interface Question {
  readonly lists: CommandLists;
  readonly command: string;
  /** Path of the shell that reads the command. */
  readonly shell: string;
  /** What its caller adds to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A start; or input for a job that runs it. */
  readonly wanted: 'start' | 'input';
  /** This one when left out. */
  readonly platform?: NodeJS.Platform;
}

/** @returns why it must not run, in sentences of which the last says what to do; undefined when it may */
export function judge({
  lists,
  command,
  shell,
  env,
  wanted,
  platform = process.platform,
}: Question): string | undefined {
  try {
    const patterns = compile(lists);
    const dialect = SHELLS.get(programOf(shell));
    if (dialect === undefined) {
      return (
        `The command policy reads command lines of bash and sh, and the shell is ${shell}. ` +
        'Have bash or sh chosen as the shell, or both lists emptied.'
      );
    }
    const analysis = new Analysis(platform === 'darwin');
    checkEnvironment(env, analysis.variables);
    analysis.read(command, dialect);
    analysis.variables.check();
    for (const each of analysis.commands) match(patterns, lists, each);
    if (wanted === 'input') checkInput(analysis.commands);
    return undefined;
  } catch (error) {
    if (error instanceof PolicyRefusal) return error.message;
    throw error;
  }
}
