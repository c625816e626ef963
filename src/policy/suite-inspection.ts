import type { InspectedCommand } from './inspected-command.ts';
import { NO_OPTIONS, readOptions } from './program-options.ts';
import type { Suite } from './program-types.ts';
import { unclear } from './refusal.ts';
import { type Arg, certain } from './shell-words.ts';
import { inspectWrapper } from './wrapper-inspection.ts';

/**
 * Finds the subcommand behind the options, and reports what it runs and how else the command can be written.
 *
 * @param start index of the first word after the name
 * @param name the program, and the subcommands before this one, without options
 * @throws PolicyRefusal
 */
export function inspectSuite(
  suite: Suite,
  command: InspectedCommand,
  start: number,
  name: readonly Arg[],
  isCertain = true,
): void {
  if (suite.hasUnknownOptions === true) {
    for (const at of possibleSubcommands(suite, command, start))
      inspectSubcommand(suite, command, at, name, false);
    return;
  }
  const { words, source, hasTail } = command;
  const { next, given } = readOptions(command, start, suite.options ?? NO_OPTIONS);
  const { option = '', harmless } = suite.settings ?? {};
  for (const { value, text } of given.get(option) ?? []) {
    if (harmless?.test(value ?? '') === true) continue;
    throw unclear(source, `with -${option} ${text} it may run another command`, 'Leave it out.');
  }
  const subcommand = words[next];
  if (subcommand === undefined) {
    if (hasTail) throw unclear(source, 'the words that follow may make it run a command');
    return;
  }
  const { value, text, beginning } = subcommand;
  if (value === undefined) {
    // A character such as ":" occurs in names of scripts, which are matched as written.
    const mayBeAny = name.length === 1 && /^[\w-]*$/.test(beginning);
    const mayRun = [...suite.subcommands.keys()].some((each) => each.startsWith(beginning));
    if (mayBeAny || mayRun || suite.hasFolder === true)
      throw unclear(source, `the meaning of ${text} is known only at run time`);
    return;
  }
  if (suite.hasFolder === true && value.includes('/')) {
    command.runs([words[0]!, ...words.slice(next + 1)]);
    return;
  }
  const isClear = ![...given.keys()].some((each) => suite.options?.other?.test(each));
  inspectSubcommand(suite, command, next, name, isCertain && isClear);
  if (isClear) return;
  for (const at of possibleSubcommands(suite, command, start))
    inspectSubcommand(suite, command, at, name, false);
}

/** Returns the indexes at which the subcommand may be if each unknown option may take the next word as its value. */
function possibleSubcommands(
  { subcommands, options }: Suite,
  { words, source, hasTail }: InspectedCommand,
  start: number,
): number[] {
  const wrappers = [...subcommands].filter(([, each]) => !('subcommands' in each)).map(([name]) => name);
  const found: number[] = [];
  let mayBeValue = false;
  for (let at = start; at < words.length; at++) {
    const { value, text, beginning } = words[at]!;
    if (options?.takesValue.get(value?.replace(/^--?/, '') ?? '') === true) {
      at++;
      continue;
    }
    // An assignment such as `make CC=x` is like an option.
    if (value === undefined || /^([-+]|\w+=)/.test(beginning)) {
      if (wrappers.some((name) => value === undefined && name.startsWith(beginning)))
        throw unclear(source, `${text} may be a subcommand`, 'Write an option and its value as one word.');
      mayBeValue = value === undefined || /^-[^=]*$/.test(value);
      continue;
    }
    found.push(at);
    if (!mayBeValue) return found;
    mayBeValue = false;
  }
  if (hasTail && wrappers.length > 0)
    throw unclear(source, 'the words that follow may make it run a command');
  return found;
}

function inspectSubcommand(
  suite: Suite,
  command: InspectedCommand,
  at: number,
  name: readonly Arg[],
  isCertain: boolean,
): void {
  const { words, source } = command;
  const given = words[at]!;
  const rest = words.slice(at + 1);
  const names = fullNamesOf(given.text, suite);
  command.isAlso({ words: [...name, given, ...rest], isCertain });
  for (const full of names) {
    command.isAlso({ words: [...name, certain(full), ...rest], isCertain: isCertain && names.length === 1 });
    const subcommand = suite.subcommands.get(full);
    if (subcommand === undefined) continue;
    if (names.length > 1)
      throw unclear(source, `${given.text} may stand for ${full}`, 'Write out the subcommand.');
    const path = [...name, certain(full)];
    if ('subcommands' in subcommand) inspectSuite(subcommand, command, at + 1, path, isCertain);
    else inspectWrapper(subcommand, command, at + 1, path);
  }
}

/** Returns the full names of a subcommand. An abbreviation may have several. */
function fullNamesOf(name: string, { names, hasAbbreviations }: Suite): string[] {
  if (names === undefined) return [name];
  // npm reads runScript as run-script.
  const plain = hasAbbreviations === true ? name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`) : name;
  const full = names.get(plain);
  if (full !== undefined) return [full];
  if (hasAbbreviations !== true) return [name];
  const longer = [...names].filter(([each]) => each.startsWith(plain)).map(([, each]) => each);
  return longer.length > 0 ? [...new Set(longer)] : [name];
}
