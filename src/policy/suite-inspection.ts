import type { InspectedCommand } from './inspected-command.ts';
import { NO_OPTIONS, type Options, readOptions } from './program-options.ts';
import type { Suite } from './program-types.ts';
import { unclear } from './refusal.ts';
import { inspectRiskyOptions } from './risky-options.ts';
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
    if (suite.risky !== undefined) inspectRiskyOptions(suite.risky, command, start);
    const found = possibleSubcommands(suite, command, start);
    for (const { at } of found) inspectSubcommand(suite, command, at, name, false);
    if (suite.targets !== undefined) inspectTargets(found, suite.targets, command, name);
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
  if (suite.risky !== undefined) inspectRiskyOptions(suite.risky, command, next + 1);
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
  for (const { at } of possibleSubcommands(suite, command, start))
    inspectSubcommand(suite, command, at, name, false);
}

/** A word that may be the subcommand. */
interface Candidate {
  readonly at: number;
  /** Whether it may instead be the value of the option before it. */
  readonly mayBeValue: boolean;
}

/** Returns the words that may be the subcommand if each unknown option may take the next word as its value. */
function possibleSubcommands(
  { subcommands, options, targets }: Suite,
  { words, source, hasTail }: InspectedCommand,
  start: number,
): Candidate[] {
  const wrappers = [...subcommands].filter(([, each]) => !('subcommands' in each)).map(([name]) => name);
  const found: Candidate[] = [];
  let mayBeValue = false;
  for (let at = start; at < words.length; at++) {
    const { value, text, beginning } = words[at]!;
    if (options?.takesValue.get(/^--?(.+)$/s.exec(value ?? '')?.[1] ?? '') === true) {
      at++;
      continue;
    }
    // An assignment such as `make CC=x` is like an option.
    if (value === undefined || /^([-+]|\w+=)/.test(beginning)) {
      if (wrappers.some((name) => value === undefined && name.startsWith(beginning)))
        throw unclear(source, `${text} may be a subcommand`, 'Write an option and its value as one word.');
      mayBeValue =
        value === undefined || (/^-[^=]*$/.test(value) && !(targets !== undefined && isFlag(value, options)));
      continue;
    }
    // A number is the value of the option, as in `make -j 4`.
    if (mayBeValue && targets !== undefined && /^[\d.]+$/.test(value)) {
      mayBeValue = false;
      continue;
    }
    found.push({ at, mayBeValue });
    if (!mayBeValue && targets === undefined) return found;
    mayBeValue = false;
  }
  if (hasTail && wrappers.length > 0)
    throw unclear(source, 'the words that follow may make it run a command');
  return found;
}

/** Returns whether a word consists of declared options without a value. */
function isFlag(word: string, options: Options | undefined): boolean {
  const names = word.startsWith('--') ? [word.slice(2)] : Array.from(word.slice(1));
  return names.length > 0 && names.every((name) => options?.takesValue.get(name) === false);
}

/** Reports `make a b` also as `make a` and as `make b`. */
function inspectTargets(
  found: readonly Candidate[],
  targets: 'all' | 'some',
  command: InspectedCommand,
  name: readonly Arg[],
): void {
  const [, ...others] = found.filter(({ mayBeValue }) => targets === 'all' && !mayBeValue);
  for (const each of found) {
    const single = [...name, command.words[each.at]!];
    command.isAlso({ words: single, isCertain: false });
    // The allowed list has to allow each, as the text of the whole command begins with the first one.
    if (others.includes(each)) command.runs(single, false);
  }
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
function fullNamesOf(name: string, { names, hasAbbreviations, hasVersions }: Suite): string[] {
  if (hasVersions === true) return [name.replace(/(?<=.)@.*$/, '')];
  if (names === undefined) return [name];
  // npm reads runScript as run-script.
  const plain = hasAbbreviations === true ? name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`) : name;
  const full = names.get(plain);
  if (full !== undefined) return [full];
  if (hasAbbreviations !== true) return [name];
  const longer = [...names].filter(([each]) => each.startsWith(plain)).map(([, each]) => each);
  return longer.length > 0 ? [...new Set(longer)] : [name];
}
