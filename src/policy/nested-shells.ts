import type { InspectedCommand } from './inspected-command.ts';
import { type Options, options, readOptions } from './program-options.ts';
import { refused, unclear } from './refusal.ts';
import type { Arg } from './shell-words.ts';
import type { Dialect } from './syntax-walk.ts';

const UNREADABLE_SHELLS =
  `zsh ksh ksh93 mksh pdksh yash lksh oksh posh osh ysh sash hush rc fish csh tcsh nu elvish xonsh rbash rzsh rksh
  bash-static zsh-static mksh-static static-sh pwsh powershell cmd`.split(/\s+/);

/** Shells and the dialect that they read; undefined if the policy cannot read it. */
export const SHELLS: ReadonlyMap<string, Dialect | undefined> = new Map<string, Dialect | undefined>([
  ['bash', 'bash'],
  ['sh', 'posix'],
  ['dash', 'posix'],
  ['ash', 'posix'],
  ...UNREADABLE_SHELLS.map((name) => [name, undefined] as const),
]);

/** A plus sign unsets a mode. For `c`, `s`, `o` and `O`, it is the same as a dash. */
const SHELL_OPTIONS: Options = {
  ...options('-abcefhlmnpruvxBCDEHPTso:O: login noprofile norc posix verbose restricted debugger noediting'),
  hasPlus: true,
};

/**
 * Reports the command line of `bash -c`.
 *
 * @throws PolicyRefusal also for a shell that reads commands from its input
 */
export function inspectShell(program: string, command: InspectedCommand): void {
  const { words, source } = command;
  const dialect = SHELLS.get(program);
  if (dialect === undefined)
    throw unclear(source, `the policy cannot read the language of ${program}`, 'Use bash or sh.');
  const { next, given } = readOptions(command, 1, SHELL_OPTIONS);
  const operand = words[next];
  for (const mode of [...(given.get('o') ?? []), ...(given.get('O') ?? [])]) checkMode(mode, source);
  if (given.has('c')) {
    // One dash ends the options, like two.
    command.runsScript(operand?.value === '-' ? words[next + 1] : operand, dialect);
    return;
  }
  if (operand === undefined || given.has('s') || /^(-|\/dev\/.*|\/proc\/.*)$/.test(operand.value ?? '-'))
    throw refused(
      source,
      `${program} would read commands that cannot be checked, from its input or from a file that is known only at run time`,
      `Pass the commands with ${program} -c.`,
    );
  command.isAlso({ words: [words[0]!, ...words.slice(next)], isCertain: false });
}

const HARMLESS_MODE =
  /^(errexit|nounset|pipefail|xtrace|verbose|noglob|noclobber|noexec|allexport|monitor|notify|errtrace|functrace|posix|nullglob|failglob|globstar|dotglob|nocaseglob|nocasematch|inherit_errexit|lastpipe)$/;

/** Checks that a mode of the shell does not change how it reads commands. @throws PolicyRefusal */
export function checkMode(mode: Arg, source: string): void {
  if (HARMLESS_MODE.test(mode.value ?? '')) return;
  throw unclear(source, `${mode.text} may change how the shell reads what follows`, 'Leave it out.');
}
