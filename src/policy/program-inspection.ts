import { inspectFind, inspectSsh, startsShell } from './find-and-ssh.ts';
import type { InspectedCommand } from './inspected-command.ts';
import { NO_OPTIONS, readOptions } from './program-options.ts';
import type { Suite, Wrapper } from './program-types.ts';
import { refused, unclear } from './refusal.ts';
import { certain, joined, uncertain, type Arg } from './shell-words.ts';
import { SUITES } from './subcommand-programs.ts';
import { isNumber } from './variable-assignments.ts';
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
  if (name === 'find' || name === 'fd' || name === 'fdfind') inspectFind(command);
  else if (name === 'ssh') inspectSsh(command);
  else if (wrapper !== undefined) inspectWrapper(wrapper, command, 1, words.slice(0, 1));
  else if (suite !== undefined) inspectSuite(suite, command, 1, words.slice(0, 1));
  else if (name.startsWith('git-')) {
    // Git has a program for each of its subcommands.
    const all = [certain('git'), certain(name.slice('git-'.length)), ...words.slice(1)];
    inspectSuite(SUITES.get('git')!, { ...command, words: all }, 1, all.slice(0, 1), false);
  } else return false;
  return true;
}

/**
 * Finds the subcommand behind the options.
 *
 * @param start index of the first word after the name
 * @param name the program, and the subcommands before this one, without options
 */
function inspectSuite(
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

/** Returns the indexes at which the subcommand may be if each option may take the next word as its value. */
function possibleSubcommands(
  { subcommands }: Suite,
  { words, source, hasTail }: InspectedCommand,
  start: number,
): number[] {
  const wrappers = [...subcommands].filter(([, each]) => !('subcommands' in each)).map(([name]) => name);
  const found: number[] = [];
  let mayBeValue = false;
  for (let at = start; at < words.length; at++) {
    const { value, text, beginning } = words[at]!;
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

/** @param name the program, and the subcommands before the options */
function inspectWrapper(
  wrapper: Wrapper,
  command: InspectedCommand,
  start: number,
  name: readonly Arg[],
): void {
  const { words, source, hasTail: hasOuterTail } = command;
  const hidden = (why: string) => refused(source, why, 'Write the command out.');
  if (wrapper.isOpaque === true) throw hidden('it runs commands that cannot be checked');
  if (wrapper.scriptOptions !== undefined) {
    inspectScriptOptions(wrapper.scriptOptions, command, start);
    return;
  }
  const { next, given } = readOptions(command, start, wrapper.options ?? NO_OPTIONS);
  const isGiven = (option: string): boolean => given.has(option);
  const valuesOf = (names: readonly string[] = []): Arg[] =>
    names.flatMap((option) => given.get(option) ?? []);
  const opaque = wrapper.opaqueOptions?.find(isGiven);
  if (opaque !== undefined) throw hidden(`its option ${opaque} turns a text into a command`);
  if (next < words.length) command.isAlso({ words: [...name, ...words.slice(next)], isCertain: false });
  const scripts = valuesOf(wrapper.scripts);
  for (const script of scripts) command.runsScript(script);
  for (const pipe of valuesOf(wrapper.pipes)) inspectPipe(pipe, command);
  for (const setting of valuesOf(wrapper.variables)) skipAssignments([setting], 0, command);
  if (scripts.length > 0) return;
  let at = wrapper.hasAssignments === true ? skipAssignments(words, next, command) : next;
  for (let count = wrapper.operands ?? 0; count > 0 && at < words.length; count--, at++) {
    if (words[at]?.isSingle !== true) throw unclear(source, `${words[at]?.text ?? ''} may be several words`);
  }
  // flock(1) reads -c only after its operand.
  if (wrapper.operands !== undefined && /^(-c|--command)$/.test(words[at]?.value ?? '')) {
    command.runsScript(words[at + 1]);
    return;
  }
  // xargs puts its input in place of these marks.
  const marks = valuesOf(['I', 'J']);
  const inner = words
    .slice(at)
    .map((word) =>
      marks.some(({ value }) => value === undefined || word.text.includes(value)) ? uncertain(word) : word,
    );
  if (inner.length === 0) {
    // xargs without a command runs echo.
    if (hasOuterTail) throw unclear(source, 'the command that it runs is known only at run time');
    if (wrapper.startsShell === true) throw startsShell(source);
    return;
  }
  const hasTail = hasOuterTail || wrapper.hasTail === true;
  const readsAll = wrapper.shellReadsWith?.some(isGiven) === true;
  const readsNone = wrapper.noShellWith?.some(isGiven) === true;
  const shellReads = readsAll ? 'all' : readsNone ? undefined : wrapper.shellReads;
  if (wrapper.runsAs !== undefined) command.runs([certain(wrapper.runsAs), ...inner], hasTail);
  else if (shellReads === undefined) command.runs(inner, hasTail);
  else if (hasTail) throw unclear(source, 'the words that follow are part of a command line');
  else if (shellReads === 'all' || inner.length === 1) command.runsScript(joined(inner));
  // Syntax in the first word can continue in the others.
  else if (/^[\w./@+-]+$/.test(inner[0]?.value ?? '')) command.runs(inner);
  else throw unclear(source, 'a shell reads only its first word', 'Put the whole command into quotes.');
}

/** Inspects the values of all words that may be one of some options, whatever the other options are. */
function inspectScriptOptions(names: readonly string[], command: InspectedCommand, start: number): void {
  const { words, source, hasTail } = command;
  if (hasTail) throw unclear(source, 'the words that follow may make it run a command');
  const letters = names.filter((name) => name.length === 1).join('');
  for (let at = start; at < words.length; at++) {
    const { value, text, beginning, isSingle } = words[at]!;
    if (value === undefined && !(isSingle && /^[\w./]/.test(beginning)))
      throw unclear(source, `${text} may be an option that runs a command`, 'Put -- before it.');
    if (value === '--') return;
    const [, name, script] = /^--([^=]+)(?:=(.*))?$/s.exec(value ?? '') ?? [];
    const attached = letters !== '' && new RegExp(`^-[^-]*?[${letters}](.*)$`, 's').exec(value ?? '')?.[1];
    if (name !== undefined && names.some((each) => each.startsWith(name)))
      command.runsScript(script === undefined ? words[at + 1] : certain(script));
    else if (typeof attached === 'string')
      command.runsScript(attached === '' ? words[at + 1] : certain(attached));
  }
}

/** Inspects the name of a file, or a command line after `|` or `!`. */
function inspectPipe({ value, beginning }: Arg, command: InspectedCommand): void {
  if (/^[|!]/.test(beginning)) command.runsScript(value === undefined ? undefined : certain(value.slice(1)));
  else if (value === undefined && beginning === '')
    throw unclear(command.source, 'the name of the file may be a command', 'Start it with ./ and quote it.');
}

/** @returns the index of the first word that is not an assignment */
function skipAssignments(
  words: readonly Arg[],
  from: number,
  { source, variables }: InspectedCommand,
): number {
  let at = from;
  for (; at < words.length; at++) {
    const { text, value, beginning, isSingle } = words[at]!;
    const name = /^(\w+)=/.exec(beginning)?.[1];
    if (name === undefined) {
      if (value?.includes('=') === true) throw unclear(source, `${text} does not name a variable`);
      return at;
    }
    if (!isSingle) throw unclear(source, `${text} may be several words`, 'Quote it.');
    variables.set(name, isNumber(value?.slice(name.length + 1)), text);
  }
  return at;
}
