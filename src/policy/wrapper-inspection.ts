import type { InspectedCommand } from './inspected-command.ts';
import { NO_OPTIONS, readOptions } from './program-options.ts';
import type { Wrapper } from './program-types.ts';
import { refused, startsShell, unclear } from './refusal.ts';
import { inspectRiskyOptions } from './risky-options.ts';
import { type Arg, certain, joined, uncertain } from './shell-words.ts';
import { isNumber } from './variable-assignments.ts';

/**
 * Reports the command in the arguments of a wrapper.
 *
 * @param start index of the first word after the name
 * @param name the program, and its subcommands, without options
 * @throws PolicyRefusal
 */
export function inspectWrapper(
  wrapper: Wrapper,
  command: InspectedCommand,
  start: number,
  name: readonly Arg[],
): void {
  const { words, source, hasTail: hasOuterTail } = command;
  const hidden = (why: string) => refused(source, why, 'Write the command out.');
  if (wrapper.isOpaque === true) throw hidden('it runs commands that cannot be checked');
  if (wrapper.risky !== undefined || wrapper.follows !== undefined) {
    const hasScript = wrapper.risky !== undefined && inspectRiskyOptions(wrapper.risky, command, start);
    const runs = wrapper.follows !== undefined && inspectFollowing(wrapper.follows, command, start, name);
    if (!hasScript && !runs && wrapper.startsShell === true) throw startsShell(source);
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
  for (const script of scripts) command.runsScript(script, 'posix');
  for (const pipe of valuesOf(wrapper.pipes)) inspectPipe(pipe, command);
  for (const setting of valuesOf(wrapper.variables)) {
    if (setting.value === undefined && !/^\w+=/.test(setting.beginning))
      throw unclear(source, `${setting.text} may set any variable`, 'Name the variable.');
    skipAssignments([setting], 0, command);
  }
  if (scripts.length > 0 && wrapper.hasScriptsBeside !== true) return;
  let at = wrapper.hasAssignments === true ? skipSettings(wrapper, command, next) : next;
  if (at > next && at < words.length)
    command.isAlso({ words: [...name, ...words.slice(at)], isCertain: false });
  for (let count = wrapper.operands ?? 0; count > 0 && at < words.length; count--, at++) {
    if (words[at]?.isSingle !== true) throw unclear(source, `${words[at]?.text ?? ''} may be several words`);
  }
  if (wrapper.hasLateOptions === true) at = readOptions(command, at, wrapper.options ?? NO_OPTIONS).next;
  else if (wrapper.operands !== undefined && words[at]?.value === '--') at++;
  while (wrapper.skips?.test(words[at]?.beginning ?? '') === true) at++;
  // flock(1) reads -c only after its operand.
  if (wrapper.operands !== undefined && /^(-c|--command)$/.test(words[at]?.value ?? '')) {
    command.runsScript(words[at + 1], 'posix');
    return;
  }
  // xargs puts its input in place of these marks.
  const marks = [...valuesOf(['I', 'J']), ...attachedMarks(given.keys())];
  const inner = withoutPrefix(words.slice(at), wrapper.prefix).map((word) =>
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
  else if (shellReads === 'all' || inner.length === 1) command.runsScript(joined(inner), 'posix');
  // Syntax in the first word can continue in the others.
  else if (/^[\w./@+-]+$/.test(inner[0]?.value ?? '')) command.runs(inner);
  else throw unclear(source, 'a shell reads only its first word', 'Put the whole command into quotes.');
}

/** Returns the marks of `xargs -iX` and `xargs --replace=X`, which are `{}` if there is no value. */
function attachedMarks(given: Iterable<string>): Arg[] {
  return [...given].flatMap((option) => {
    const mark = /^(?:-i|--replace=?)(.*)$/s.exec(option)?.[1];
    return mark === undefined ? [] : [certain(mark === '' ? '{}' : mark)];
  });
}

/**
 * Reports the command behind the first word like a mark, such as `--`.
 *
 * @returns whether there is one
 * @throws PolicyRefusal
 */
function inspectFollowing(
  mark: RegExp,
  command: InspectedCommand,
  start: number,
  name: readonly Arg[],
): boolean {
  const { words, source, hasTail } = command;
  for (let at = start; at < words.length; at++) {
    const { value, text, beginning, isSingle } = words[at]!;
    const isLast = at === words.length - 1 && !hasTail;
    if (value === undefined && !(isSingle && (isLast || /^[\w./]/.test(beginning))))
      throw unclear(source, `a command may follow ${text}`, 'Start it with ./ and quote it.');
    if (value === undefined || !mark.test(value)) continue;
    const inner = words.slice(at + 1);
    command.isAlso({ words: [...name, words[at]!, ...inner], isCertain: false });
    if (inner.length > 0) command.runs(inner);
    return inner.length > 0;
  }
  if (hasTail) throw unclear(source, 'the words that follow may make it run a command');
  return false;
}

function withoutPrefix(words: readonly Arg[], prefix: RegExp | undefined): readonly Arg[] {
  const [first, ...others] = words;
  if (first?.value === undefined || prefix === undefined) return words;
  return [certain(first.value.replace(prefix, '')), ...others];
}

/** Inspects the name of a file, or a command line after `|` or `!`. */
function inspectPipe({ value, beginning }: Arg, command: InspectedCommand): void {
  if (/^[|!]/.test(beginning))
    command.runsScript(value === undefined ? undefined : certain(value.slice(1)), 'posix');
  else if (value === undefined && beginning === '')
    throw unclear(command.source, 'the name of the file may be a command', 'Start it with ./ and quote it.');
}

/**
 * Skips assignments, and options between and behind them if the program reads those.
 *
 * @returns the index of the next word
 */
function skipSettings(wrapper: Wrapper, command: InspectedCommand, from: number): number {
  const { options = NO_OPTIONS, hasLateOptions } = wrapper;
  for (let at = from; ;) {
    const next = skipAssignments(command.words, at, command);
    if (next === at || hasLateOptions !== true) return next;
    at = readOptions(command, next, options).next;
  }
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
    variables.set(name, isNumber(value?.slice(name.length + 1)), text);
    if (!isSingle) throw unclear(source, `${text} may be several words`, 'Quote it.');
  }
  return at;
}
