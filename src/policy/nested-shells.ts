import type { Runs } from './command-analysis.ts';
import { readOptions } from './program-options.ts';
import { PolicyRefusal, shown, unclear } from './refusal.ts';
import type { Dialect } from './syntax-walk.ts';
import type { Arg } from './shell-words.ts';

/** Shells by the dialect in which they are read; undefined: not at all. */
export const SHELLS: ReadonlyMap<string, Dialect | undefined> = new Map([
  ['bash', 'bash'],
  ...['sh', 'dash', 'ash'].map((name): [string, Dialect] => [name, 'posix']),
  ...[
    'zsh',
    'ksh',
    'ksh93',
    'mksh',
    'pdksh',
    'yash',
    'fish',
    'csh',
    'tcsh',
    'nu',
    'elvish',
    'xonsh',
    'rbash',
    'rzsh',
  ].map((name): [string, undefined] => [name, undefined]),
  ...['pwsh', 'powershell', 'cmd'].map((name): [string, undefined] => [name, undefined]),
]);

const OPTIONS = {
  flags: 'abcefhklmnpruvxBCDEHPTs',
  values: 'oO',
  long: ['login', 'noprofile', 'norc', 'posix', 'verbose', 'restricted', 'debugger', 'noediting'],
};
/** Set options with "+" are unset. */
const PLUS = /^\+[abefhkmnuvxBCEHPT]+$/;

/** `bash -c text`, `bash script`. @throws PolicyRefusal also for a shell that reads its commands from its input */
export function readShell(program: string, words: readonly Arg[], source: string, runs: Runs): void {
  const dialect = SHELLS.get(program);
  if (dialect === undefined) {
    throw unclear(source, `what ${program} reads is no language that the policy reads`, 'Use bash or sh.');
  }
  const { next, given } = readOptions(words, 1, { ...OPTIONS, other: PLUS }, source);
  const [operand] = words.slice(next);
  for (const mode of [...(given.get('o') ?? []), ...(given.get('O') ?? [])]) checkMode(mode, source);
  if (given.has('c')) {
    runs.text(operand, dialect);
    return;
  }
  const script = given.has('s') ? undefined : operand;
  if (script === undefined || /^(-|\/dev\/.*|\/proc\/.*)$/.test(script.value ?? '-')) {
    throw new PolicyRefusal(
      `The command policy refuses ${shown(source)}: ${program} would read commands that cannot be looked at, ` +
        `from its input or from a file that is known only when it runs. Give the commands with ${program} -c.`,
    );
  }
}

/** Modes of the shell that change how it reads what follows. @throws PolicyRefusal */
export function checkMode(mode: Arg, source: string): void {
  const SAFE =
    /^(errexit|nounset|pipefail|xtrace|verbose|noglob|noclobber|noexec|allexport|monitor|notify|errtrace|functrace|posix|nullglob|failglob|globstar|dotglob|nocaseglob|nocasematch|inherit_errexit|lastpipe)$/;
  if (SAFE.test(mode.value ?? '')) return;
  throw unclear(source, `${mode.text} may change how the shell reads what follows`, 'Leave it out.');
}
