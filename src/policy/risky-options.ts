import type { InspectedCommand } from './inspected-command.ts';
import type { RiskyOptions } from './program-types.ts';
import { refused, unclear } from './refusal.ts';
import { type Arg, certain, uncertain } from './shell-words.ts';

/**
 * Inspects all words that may be one of some options, whatever the other options are.
 *
 * @param start index of the first word that may be an option
 * @returns whether one of them names a command line
 * @throws PolicyRefusal
 */
export function inspectRiskyOptions(risky: RiskyOptions, command: InspectedCommand, start: number): boolean {
  const { words, source, hasTail } = command;
  let hasScript = false;
  for (let at = start; at < words.length; at++) {
    const { value, text, beginning, isSingle } = words[at]!;
    if (value === '--') return hasScript;
    const mayBeOption =
      risky.isStrict === true ? !(isSingle && /^[\w./]/.test(beginning)) : /^-+$/.test(beginning);
    if (value === undefined && mayBeOption)
      throw unclear(source, `${text} may be an option that runs a command`, 'Put -- before it.');
    const option = optionIn(words[at]!, risky);
    if (option === undefined) continue;
    inspectOption(option, words[at + 1], risky, command);
    hasScript ||= risky.scripts?.includes(option.name) === true;
  }
  if (hasTail && risky.isStrict === true)
    throw unclear(source, 'the words that follow may make it run a command', 'End it with --.');
  return hasScript;
}

interface RiskyOption {
  /** The full name. */
  readonly name: string;
  /** The value in the same word. */
  readonly value: Arg | undefined;
}

/** Finds one of the options in a word: `--name`, `--name=value`, its beginning, or a letter among others. */
function optionIn(word: Arg, risky: RiskyOptions): RiskyOption | undefined {
  const { scripts = [], settings, programs = [], hasOneDash, harmless } = risky;
  const names = [...scripts, ...(settings?.names ?? []), ...programs];
  const found = (name: string, value: string | undefined): RiskyOption => {
    const isUnknown = value !== undefined && word.value === undefined;
    return { name, value: isUnknown ? uncertain(word) : value === undefined ? undefined : certain(value) };
  };
  const syntax = hasOneDash === true ? /^-+([^-=][^=]+)(?:=(.*))?$/s : /^--([^=]+)(?:=(.*))?$/s;
  const [, long, value] = syntax.exec(word.beginning) ?? [];
  const full = names.find((name) => long !== undefined && name.length > 1 && name.startsWith(long));
  if (full !== undefined && harmless?.takesValue.has(long ?? '') !== true) return found(full, value);
  const letters = names.filter((name) => name.length === 1).join('');
  if (letters === '') return undefined;
  // What follows a letter with a value is that value, as in `make -CEngine`.
  const valued = [...(harmless?.takesValue ?? [])].filter(([each, takes]) => takes && each.length === 1);
  const others = valued.map(([each]) => each).join('');
  const [, letter, rest] = new RegExp(`^-[^-${others}]*?([${letters}])(.*)$`, 's').exec(word.beginning) ?? [];
  return letter === undefined
    ? undefined
    : found(letter, rest === '' && word.value !== undefined ? undefined : rest);
}

function inspectOption(
  { name, value }: RiskyOption,
  next: Arg | undefined,
  { scripts = [], settings }: RiskyOptions,
  { source, runsScript }: InspectedCommand,
): void {
  const given = value ?? next;
  const option = `${name.length === 1 ? '-' : '--'}${name}`;
  if (scripts.includes(name)) runsScript(given, 'posix');
  else if (settings?.names.includes(name) !== true)
    throw refused(source, `its option ${option} can make it run another program`, 'Leave it out.');
  // A substitution is a device.
  else if (!settings.harmless.test(given?.value ?? (given?.text.startsWith('<(') === true ? '/dev/fd/' : '')))
    throw unclear(source, `with ${option} ${given?.text ?? ''} it may run another command`, 'Leave it out.');
}
