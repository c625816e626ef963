import type { Runs } from './command-analysis.ts';
import { readOptions, readScattered } from './program-options.ts';
import { PolicyRefusal, shown, unclear } from './refusal.ts';
import { certain, programOf, uncertain, type Arg } from './shell-words.ts';
import type { Program } from './program-table.ts';
import { PROGRAMS } from './subcommands.ts';
import { WRAPPERS, type Wrapper } from './wrapper-programs.ts';

/** Tells what a command runs that runs others. @returns false when it is none @throws PolicyRefusal */
export function unwrap(
  program: string,
  words: readonly Arg[],
  source: string,
  hasTail: boolean,
  runs: Runs,
): boolean {
  if (program === 'find' || program === 'fd' || program === 'fdfind') {
    unwrapFind(words, source, hasTail, runs);
    return true;
  }
  if (program === 'ssh') {
    unwrapSsh(words, source, hasTail, runs);
    return true;
  }
  const wrapper = WRAPPERS.get(program);
  if (wrapper !== undefined) {
    unwrapWords(wrapper, words, 1, source, hasTail, runs);
    return true;
  }
  const withCommands = PROGRAMS.get(program);
  if (withCommands === undefined) return false;
  unwrapSubcommand(withCommands, words, 1, source, hasTail, runs);
  return true;
}

/** Options may stand before the subcommand: which word it is must be certain. */
function unwrapSubcommand(
  program: Program,
  words: readonly Arg[],
  start: number,
  source: string,
  hasTail: boolean,
  runs: Runs,
): void {
  const { next, given } = readOptions(words, start, program.options ?? {}, source);
  const { option = '', harmless } = program.settings ?? {};
  for (const { value, text } of given.get(option) ?? []) {
    if (harmless?.test(value ?? '') === true) continue;
    throw unclear(source, `with -${option} ${text} it may run another command`, 'Leave it out.');
  }
  const name = words[next];
  if (name === undefined) {
    if (hasTail) throw unclear(source, 'the words that follow may make it run a command');
    return;
  }
  if (name.value === undefined) {
    const mayRun = [...program.commands.keys()].some((each) => each.startsWith(name.beginning));
    if (mayRun || program.hasFolder === true)
      throw unclear(source, `what ${name.text} makes it do is known only when it runs`);
    return;
  }
  if (program.hasFolder === true && name.value.includes('/')) {
    runs.words([words[0]!, ...words.slice(next + 1)], hasTail);
    return;
  }
  const command = program.commands.get(name.value);
  if (command === undefined) return;
  if ('commands' in command) unwrapSubcommand(command, words, next + 1, source, hasTail, runs);
  else unwrapWords(command, words, next + 1, source, hasTail, runs);
}

function unwrapWords(
  wrapper: Wrapper,
  words: readonly Arg[],
  start: number,
  source: string,
  outerTail: boolean,
  runs: Runs,
): void {
  if (wrapper.isOpaque === true) throw hidden(source, 'it runs commands that cannot be looked at');
  const read = wrapper.isScattered === true ? readScattered : readOptions;
  const { next, given } = read(words, start, wrapper.options ?? {}, source);
  const valuesOf = (names: readonly string[] = []): Arg[] => names.flatMap((name) => given.get(name) ?? []);
  const isGiven = (name: string): boolean => given.has(name);
  const refused = wrapper.refused?.find(isGiven);
  if (refused !== undefined) throw hidden(source, `its option ${refused} makes a command of a text`);
  const texts = valuesOf(wrapper.texts);
  for (const text of texts) runs.text(text);
  for (const pipe of valuesOf(wrapper.pipes)) checkPipe(pipe, source, runs);
  for (const setting of valuesOf(wrapper.environment)) passAssignments([setting], 0, source, runs);
  if (wrapper.onlyTexts === true && outerTail) {
    throw unclear(source, 'the words that follow may make it run a command');
  }
  if (wrapper.onlyTexts === true || texts.length > 0) return;
  let at = next;
  if (wrapper.assignments === true) at = passAssignments(words, at, source, runs);
  for (let count = wrapper.operands ?? 0; count > 0 && at < words.length; count--, at++) {
    if (words[at]?.isSingle !== true) throw unclear(source, `${words[at]?.text ?? ''} may be several words`);
  }
  const hasTail = outerTail || wrapper.hasTail === true;
  let command = words.slice(at);
  // Of flock.
  if (wrapper.operands !== undefined && /^(-c|--command)$/.test(command[0]?.value ?? '')) {
    runs.text(command[1]);
    return;
  }
  for (const { value: mark } of valuesOf(['I', 'J'])) {
    command = command.map((word) =>
      mark === undefined || word.text.includes(mark) ? uncertain(word) : word,
    );
  }
  if (command.length === 0) {
    // A tail of its own goes to a command that the wrapper has when it is given none, as xargs has echo.
    if (outerTail) throw unclear(source, 'which command it runs is known only when it runs');
    if (wrapper.startsShell === true) refuseShell(source);
    return;
  }
  if (wrapper.runsAs !== undefined) {
    runs.words([certain(wrapper.runsAs), ...command], hasTail);
    return;
  }
  let textOf = wrapper.textWith?.some(isGiven) === true ? 'all' : wrapper.textOf;
  if (wrapper.wordsWith?.some(isGiven) === true) textOf = undefined;
  if (textOf === undefined) {
    runs.words(command, hasTail);
    return;
  }
  if (hasTail) throw unclear(source, 'the words that follow are part of a command line');
  if (textOf === 'all' || command.length === 1) {
    runs.text(joined(command));
    return;
  }
  // What else the first word says can go on in the others.
  if (!/^[\w./@+-]+$/.test(command[0]?.value ?? '')) {
    throw unclear(source, 'a shell reads its first word alone', 'Put the whole command into quotes.');
  }
  runs.words(command, hasTail);
}

function hidden(source: string, why: string): PolicyRefusal {
  return new PolicyRefusal(`The command policy refuses ${shown(source)}: ${why}. Write the command out.`);
}

/** The name of a file, or of a command after `|` or `!`. */
function checkPipe({ value, beginning }: Arg, source: string, runs: Runs): void {
  if (/^[|!]/.test(beginning)) runs.text(value === undefined ? undefined : certain(value.slice(1)));
  else if (value === undefined && beginning === '')
    throw unclear(
      source,
      'the name of the file may be a command',
      'Let it begin with ./ and put it into quotes.',
    );
}

function passAssignments(words: readonly Arg[], from: number, source: string, runs: Runs): number {
  let at = from;
  for (; at < words.length; at++) {
    const { text, value, beginning, isSingle } = words[at]!;
    const name = /^(\w+)=/.exec(beginning)?.[1];
    if (name === undefined) {
      if (value?.includes('=') === true) throw unclear(source, `${text} names no variable`);
      return at;
    }
    if (!isSingle) throw unclear(source, `${text} may be several words`, 'Put it into quotes.');
    runs.variables.set(name, value !== undefined && /^(-?\d+)?$/.test(value.slice(name.length + 1)), text);
  }
  return at;
}

/** What a program makes of words that it hands to a shell. */
function joined(words: readonly Arg[]): Arg {
  if (words.some(({ value }) => value === undefined)) {
    return { text: '', value: undefined, beginning: '', isSingle: true };
  }
  return certain(words.map(({ text }) => text).join(' '));
}

function refuseShell(source: string): never {
  throw new PolicyRefusal(
    `The command policy refuses ${shown(source)}: it starts a shell, whose input cannot be looked at. ` +
      'Name the command to run.',
  );
}

const FIND_RUNS = /^(-exec|-execdir|-ok|-okdir)$/;
const FD_RUNS = /^(-x|-X|--exec|--exec-batch)$/;

function unwrapFind(words: readonly Arg[], source: string, hasTail: boolean, runs: Runs): void {
  if (hasTail) throw unclear(source, 'the words that follow may make it run a command');
  const isFd = programOf(words[0]?.value ?? '') !== 'find';
  const begins = isFd ? FD_RUNS : FIND_RUNS;
  for (let at = 1; at < words.length; at++) {
    const { value, text, beginning, isSingle } = words[at]!;
    if (value === undefined && !(isSingle && /^[\w./]/.test(beginning))) {
      throw unclear(
        source,
        `${text} may make it run a command`,
        'Let it begin with ./ and put it into quotes.',
      );
    }
    if (isFd && value !== undefined && /^(-[^-]*[xX].|--exec(-batch)?=)/.test(value)) {
      throw unclear(source, `${value} hides a command`, 'Write -x and the command as words of their own.');
    }
    if (value === undefined || !begins.test(value)) continue;
    const end = words.findIndex((word, index) => {
      const isBatchEnd = !isFd && word.value === '+' && words[index - 1]?.text === '{}';
      return index > at && (word.value === ';' || isBatchEnd);
    });
    const command = words.slice(at + 1, end === -1 ? undefined : end);
    if (command.length === 0) throw unclear(source, `${value} has no command`);
    runs.words(command.map((word) => (word.text.includes('{') ? uncertain(word) : word)));
    if (end === -1) return;
    at = end;
  }
}

const SSH = {
  flags: '46AaCfGgKkMNnqsTtVvXxYy',
  values: 'BbcDEeFIiJLlmOoPpQRSWw',
};

function unwrapSsh(words: readonly Arg[], source: string, hasTail: boolean, runs: Runs): void {
  if (hasTail) throw unclear(source, 'the words that follow are a command');
  // Options may also follow the host (ssh(1) of OpenSSH).
  const before = readOptions(words, 1, SSH, source);
  const after = readOptions(words, before.next + 1, SSH, source);
  const options = [before, after].flatMap(({ given }) => [...given]);
  if (options.some(([name, values]) => /^[FI]$/.test(name) || (name === 'o' && !values.every(isHarmless)))) {
    throw new PolicyRefusal(
      `The command policy refuses ${shown(source)}: the options F, I and o of ssh can run code. Leave them out.`,
    );
  }
  const command = words.slice(after.next);
  if (command.length === 0 && !options.some(([name]) => name === 'N')) refuseShell(source);
  // Some shell on another machine.
  if (command.length > 0) runs.text(joined(command), 'posix');
}

/** Of ssh_config(5). */
function isHarmless({ value = '' }: Arg): boolean {
  return /^[a-z]+[= ][\w.:/-]*$/i.test(value) && !/command|match|include|provider/i.test(value);
}
