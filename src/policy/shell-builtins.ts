import type { InspectedCommand } from './inspected-command.ts';
import { checkMode } from './nested-shells.ts';
import { options, readOptions } from './program-options.ts';
import { table } from './program-types.ts';
import { refused, unclear } from './refusal.ts';
import { type Arg, certain, isNumericWord, joined, variableIn } from './shell-words.ts';
import { inspectTest } from './test-builtin.ts';
import { checkVariableName, isNumber } from './variable-assignments.ts';

type Inspect = (command: InspectedCommand) => void;

/** Reports what a builtin of the shell runs, sets or calculates. @throws PolicyRefusal */
export function inspectBuiltin(name: string, command: InspectedCommand): void {
  BUILTINS.get(name)?.(command);
}

const inspectEval: Inspect = ({ words, runsScript }) => {
  const args = words.slice(words[1]?.value === '--' ? 2 : 1);
  if (args.length > 0) runsScript(joined(args));
};

const inspectTrap: Inspect = (command) => {
  const { next, given } = readOptions(command, 1, options('-lpP'));
  const [action, ...signals] = command.words.slice(next);
  if (given.size > 0 || action === undefined || action.value === '' || action.value === '-') return;
  if (signals.length > 0 || action.value === undefined) command.runsScript(action);
};

const inspectCommand: Inspect = (command) => {
  const { next, given } = readOptions(command, 1, options('-pvV'));
  const inner = command.words.slice(next);
  if (inner.length > 0 && !given.has('v') && !given.has('V')) command.runs(inner);
};

const inspectDeclare: Inspect = ({ words, source, dialect, variables }) => {
  const flags = words.filter(({ value }) => value !== undefined && /^[-+]/.test(value));
  const letters = flags.map(({ text }) => text).join('');
  if (letters.includes('n') && words[0]?.value !== 'export')
    throw unclear(source, 'it sets a variable that stands for another one');
  for (const word of words.slice(1)) {
    if (flags.includes(word)) continue;
    const { text, value, isArray } = word;
    // Dash before 0.5.11 and other old shells split the value.
    const isSingle = word.isSingle || (dialect === 'bash' && word.isAssignment === true);
    // Without "=", an unknown rest may be part of the name.
    const name = (value === undefined ? /^([A-Za-z_]\w*)\+?=/ : /^([A-Za-z_]\w*)(\+?=|$)/).exec(
      word.beginning,
    )?.[1];
    if (name === undefined)
      throw unclear(source, 'the variable that it sets is known only at run time', 'Name a variable.');
    if (/[aA]/.test(letters) || isArray === true) variables.setArray(name);
    // Assigning to an integer calculates, here and in the rest of the command line.
    if (letters.includes('i')) {
      variables.calculate(name, text);
      if (value !== name) variables.calculate(value?.slice(name.length).replace(/^\+?=/, ''), text);
    }
    if (text === name && /^(local|declare|typeset)$/.test(words[0]?.text ?? '')) variables.unset(name, text);
    if (text === name || isArray === true) continue;
    // This comes first: quotes do not help if the variable must not be set.
    variables.set(name, isNumber(value?.slice(name.length + 1)), text);
    if (!isSingle) throw unclear(source, `${text} may be several words`, 'Quote it.');
    variables.setByWord(name, text);
  }
};

/** Makes the inspection of a builtin that sets the variables in its arguments. */
function inspectSetter(spec: string): Inspect {
  return (command) => {
    const { next, given } = readOptions(command, 1, options(spec));
    for (const callback of given.get('C') ?? []) command.runsScript(callback);
    for (const word of [...command.words.slice(next), ...(given.get('a') ?? [])]) setVariable(word, command);
  };
}

function setVariable(word: Arg | undefined, { source, variables }: InspectedCommand): void {
  const name = word?.value ?? '';
  checkVariableName(name, source);
  variables.set(name, false, source);
  // `read -a` and `mapfile` set an array.
  variables.setArray(name);
}

const inspectPrintf: Inspect = (command) => {
  const { words, source } = command;
  let at = 1;
  // The last variable counts.
  for (let value = words[at]?.value; value?.startsWith('-v') === true; value = words[at]?.value) {
    setVariable(value === '-v' ? words[++at] : certain(value.slice(2)), command);
    at++;
  }
  const format = words[at];
  if (format === undefined || format.value !== undefined) return;
  if (!format.isSingle || !/^[\w%\\]/.test(format.beginning))
    throw unclear(source, 'its format may be an option that sets a variable', 'Put -- before it.');
};

const inspectUnset: Inspect = ({ words, source, variables }) => {
  for (const { value } of words.slice(1)) {
    if (value?.startsWith('-') === true) continue;
    checkVariableName(value, source);
    variables.unset(value ?? '', source);
  }
};

const inspectLet: Inspect = ({ words, source, variables }) => {
  for (const { value } of words.slice(1)) variables.calculate(value, source);
};

const inspectSet: Inspect = ({ words, source }) => {
  for (let at = 1; at < words.length; at++) {
    const { value, text } = words[at]!;
    if (value === '--' || value === '-') return;
    if (value === undefined) throw unclear(source, `${text} may be an option`, 'Put -- before it.');
    if (!/^[-+]/.test(value)) return;
    if (!/^[-+][abefhmnuvxCETo]+$/.test(value))
      throw unclear(source, `${value} may change how the shell reads what follows`, 'Leave it out.');
    // Each `o` takes a word, also in `set -oe errexit`.
    for (const letter of value) if (letter === 'o') checkMode(words[++at] ?? certain(''), source);
  }
};

const inspectShopt: Inspect = (command) => {
  const { next, given } = readOptions(command, 1, options('-supqo'));
  if (!given.has('s') && !given.has('u')) return;
  for (const mode of command.words.slice(next)) checkMode(mode, command.source);
};

const inspectJobs: Inspect = (command) => {
  const { next, given } = readOptions(command, 1, options('-lnprsx'));
  if (given.has('x') && next < command.words.length) command.runs(command.words.slice(next));
};

const inspectAlias: Inspect = ({ words, source }) => {
  if (words.length === 1 || (words.length === 2 && words[1]?.value === '-p')) return;
  throw refused(source, 'an alias gives a command another name', 'Write the command itself.');
};

const inspectHash: Inspect = ({ words, source }) => {
  if (words.slice(1).every(({ value }) => value !== undefined && !/^-[a-z]*p/.test(value))) return;
  throw unclear(source, 'it may give a program another name', 'Leave it out.');
};

const inspectWait: Inspect = (command) => {
  const { words, source, variables } = command;
  for (let at = 1; at < words.length; at++) {
    const { value, text, beginning, isSingle } = words[at]!;
    if (value === undefined && !isNumericWord(words[at]!) && !(isSingle && /^[\w%]/.test(beginning))) {
      // Lists of processes such as "${pids[@]}" are too common to refuse. Alone, -p has no effect.
      if (at > 1 || beginning.startsWith('-'))
        throw unclear(source, `${text} may be an option that sets a variable`, 'Put -- before it.');
      const name = variableIn(words[at]!);
      if (name !== undefined && words.length > 2) variables.readAsWord(name, text, 'Put -- before it.');
      // The list may be empty.
      const option = isSingle ? undefined : words.slice(at + 1).find((word) => word.value?.startsWith('-'));
      if (option !== undefined) throw unclear(source, `${option.text} follows ${text}`, 'Put it first.');
      return;
    }
    if (value === '--' || value?.startsWith('-') !== true) return;
    const attached = /^-[fn]*p(.*)$/s.exec(value)?.[1];
    if (attached === undefined) continue;
    setVariable(attached === '' ? words[++at] : certain(attached), command);
  }
};

const inspectGetopts: Inspect = (command) => {
  const { words, source } = command;
  const [letters, name] = words.slice(words[1]?.value === '--' ? 2 : 1);
  if (name === undefined) return;
  // Dashes would move the name.
  if (letters?.value === undefined && !(letters?.isSingle === true && /^[\w:]/.test(letters.beginning)))
    throw unclear(source, 'its options are known only at run time', 'Put -- before them, and quote them.');
  setVariable(name, command);
};

const BUILTINS = table<Inspect>({
  eval: inspectEval,
  trap: inspectTrap,
  command: inspectCommand,
  'declare typeset local export readonly': inspectDeclare,
  read: inspectSetter('-ersEa:d:i:n:N:p:t:u:'),
  'mapfile readarray': inspectSetter('-tc:C:d:n:O:s:u:'),
  getopts: inspectGetopts,
  wait: inspectWait,
  printf: inspectPrintf,
  unset: inspectUnset,
  'test [': inspectTest,
  let: inspectLet,
  set: inspectSet,
  shopt: inspectShopt,
  alias: inspectAlias,
  hash: inspectHash,
  jobs: inspectJobs,
});
