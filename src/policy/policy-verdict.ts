import { Analysis } from './command-analysis.ts';
import { compile, match } from './command-patterns.ts';
import type { Question } from './command-policy.ts';
import { checkInput } from './input-check.ts';
import { SHELLS } from './nested-shells.ts';
import { PolicyRefusal, unclear } from './refusal.ts';
import { programOf } from './shell-words.ts';
import { checkEnvironment } from './variable-assignments.ts';

/**
 * Judges a command line.
 *
 * @returns the reason why it must not run, in sentences of which the last one says what to do; undefined if it may run
 */
export function judge(question: Question): string | undefined {
  const { lists, command, shell, env, wanted, progress, platform = process.platform } = question;
  try {
    const patterns = compile(lists);
    const dialect = SHELLS.get(programOf(shell));
    if (dialect === undefined)
      return (
        `The command policy reads command lines of bash and sh, and the shell is ${shell}. ` +
        'Ask the user to choose bash or sh as the shell, or to empty both lists.'
      );
    const analysis = new Analysis(platform === 'darwin');
    checkEnvironment(env, analysis.variables);
    analysis.read(command, dialect);
    analysis.variables.check();
    for (const each of analysis.commands) match(patterns, lists, each, progress);
    progress?.fill(0);
    if (wanted === 'input') checkInput(analysis.commands);
    return undefined;
  } catch (error) {
    if (error instanceof PolicyRefusal) return error.message;
    // The parser and the visitors call themselves for what is nested.
    if (error instanceof RangeError)
      return unclear(command, 'it is nested too deeply', 'Simplify it.').message;
    throw error;
  }
}
