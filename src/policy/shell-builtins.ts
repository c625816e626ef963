import type { Runs } from './command-analysis.ts';
import { checkVariableName } from './syntax-nodes.ts';
import { readOptions } from './program-options.ts';
import { PolicyRefusal, shown, unclear } from './refusal.ts';
import { checkMode } from './nested-shells.ts';
import { isNumber } from './variable-assignments.ts';
import { certain, type Arg } from './shell-words.ts';

type Check = (words: readonly Arg[], source: string, runs: Runs) => void;

/** What a builtin of the shell runs, sets or calculates. @throws PolicyRefusal */
export function checkBuiltin(program: string, words: readonly Arg[], source: string, runs: Runs): void {
  CHECKS.get(program)?.(words, source, runs);
}

const evaluate: Check = (words, source, runs) => {
  if (words.length === 1) return;
  const args = words.slice(words[1]?.value === '--' ? 2 : 1);
  if (args.some(({ value }) => value === undefined)) {
    throw unclear(source, 'what it evaluates is known only when it runs');
  }
  runs.text(certain(args.map(({ text }) => text).join(' ')));
};

const trap: Check = (words, source, runs) => {
  const { next, given } = readOptions(words, 1, { flags: 'lpP' }, source);
  const [action, ...signals] = words.slice(next);
  if (given.size > 0 || action === undefined || action.value === '' || action.value === '-') return;
  if (signals.length > 0 || action.value === undefined) runs.text(action);
};

const command: Check = (words, source, runs) => {
  const { next, given } = readOptions(words, 1, { flags: 'pvV' }, source);
  const inner = words.slice(next);
  if (inner.length > 0 && !given.has('v') && !given.has('V')) runs.words(inner);
};

/** `declare`, `export` and the like. */
const declare: Check = (words, source, runs) => {
  const options = words.filter(({ value }) => value !== undefined && /^[-+]/.test(value));
  const letters = options.map(({ text }) => text).join('');
  // An integer is calculated at each assignment; a reference names another variable.
  if (letters.includes('i') || (letters.includes('n') && words[0]?.value !== 'export')) {
    throw unclear(source, 'it sets a variable that is calculated, or stands for another one');
  }
  for (const word of words.slice(1)) {
    if (options.includes(word)) continue;
    const { text, value, isSingle } = word;
    if (!isSingle) throw unclear(source, `${text} may be several words`, 'Put it into quotes.');
    const name = /^([A-Za-z_]\w*)(\+?=|$)/.exec(text)?.[1];
    if (name === undefined) {
      throw unclear(source, 'which variable it sets is known only when it runs', 'Name a variable.');
    }
    if (/[aA]/.test(letters) || word.isArray === true) runs.variables.setArray(name);
    if (text === name || word.isArray === true) continue;
    runs.variables.set(name, isNumber(value?.slice(name.length + 1)), text);
    runs.variables.setByWord(name, text);
  }
};

/** Of builtins that set the variables that they are given as words. @param options with a value to pass over */
function names(spec: { readonly flags: string; readonly values: string }): Check {
  return (words, source, runs) => {
    const { next, given } = readOptions(words, 1, spec, source);
    for (const callback of given.get('C') ?? []) runs.text(callback);
    for (const word of [...words.slice(next), ...(given.get('a') ?? [])]) {
      setVariable(word, source, runs);
    }
  };
}

function setVariable({ value }: Arg, source: string, runs: Runs): void {
  checkVariableName(value, source);
  runs.variables.set(value ?? '', false, source);
  // It may be one: of `read -a` and `mapfile` it is.
  runs.variables.setArray(value ?? '');
}

const printf: Check = (words, source, runs) => {
  const option = words[1]?.value;
  if (words[1] !== undefined && option === undefined) {
    if (!words[1].isSingle || !/^["']?[\w%\\]/.test(words[1].text)) {
      throw unclear(source, 'its format may be an option that sets a variable', 'Put -- before it.');
    }
    return;
  }
  if (option?.startsWith('-v') !== true) return;
  setVariable(option === '-v' ? (words[2] ?? certain('')) : certain(option.slice(2)), source, runs);
};

const unset: Check = (words, source) => {
  for (const { value } of words.slice(1))
    if (value?.startsWith('-') !== true) checkVariableName(value, source);
};

const test: Check = (words, source) => {
  words.forEach(({ value }, at) => {
    if (value !== '-v' && value !== '-R') return;
    const name = words[at + 1];
    if (name !== undefined && name.value !== ']') checkVariableName(name.value, source);
  });
};

const letBuiltin: Check = (words, source, runs) => {
  for (const { value } of words.slice(1)) runs.variables.calculate(value, source);
};

const set: Check = (words, source) => {
  for (let at = 1; at < words.length; at++) {
    const { value, text } = words[at]!;
    if (value === '--' || value === '-') return;
    if (value === undefined) throw unclear(source, `${text} may be an option`, 'Put -- before it.');
    if (!/^[-+]/.test(value)) return;
    if (/^[-+][a-zA-Z]*o$/.test(value)) {
      at++;
      checkMode(words[at] ?? certain(''), source);
    }
    if (!/^[-+][abefhmnuvxCETo]+$/.test(value)) {
      throw unclear(source, `${value} may change how the shell reads what follows`, 'Leave it out.');
    }
  }
};

const shopt: Check = (words, source) => {
  const { next, given } = readOptions(words, 1, { flags: 'supqo' }, source);
  if (!given.has('s') && !given.has('u')) return;
  for (const mode of words.slice(next)) checkMode(mode, source);
};

const jobs: Check = (words, source, runs) => {
  const { next, given } = readOptions(words, 1, { flags: 'lnprsx' }, source);
  if (given.has('x') && next < words.length) runs.words(words.slice(next));
};

const alias: Check = (words, source) => {
  if (words.length === 1 || (words.length === 2 && words[1]?.value === '-p')) return;
  throw new PolicyRefusal(
    `The command policy refuses ${shown(source)}: an alias makes a name stand for another command. ` +
      'Write the command itself.',
  );
};

const hash: Check = (words, source) => {
  if (words.slice(1).every(({ value }) => value !== undefined && !/^-[a-z]*p/.test(value))) return;
  throw unclear(source, 'it may make a name stand for another program', 'Leave it out.');
};

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['eval', evaluate],
  ['trap', trap],
  ['command', command],
  ...['declare', 'typeset', 'local', 'export', 'readonly'].map((name): [string, Check] => [name, declare]),
  ['read', names({ flags: 'ersE', values: 'adinNptu' })],
  ['mapfile', names({ flags: 't', values: 'cCdnOsu' })],
  ['readarray', names({ flags: 't', values: 'cCdnOsu' })],
  ['getopts', (words, source, runs) => words[2] && setVariable(words[2], source, runs)],
  [
    'wait',
    (words, source, runs) => {
      const at = words.findIndex(({ value }) => value?.startsWith('-p'));
      if (at > 0) setVariable(words[at + 1] ?? certain(''), source, runs);
    },
  ],
  ['printf', printf],
  ['unset', unset],
  ['test', test],
  ['[', test],
  ['let', letBuiltin],
  ['set', set],
  ['shopt', shopt],
  ['alias', alias],
  ['hash', hash],
  ['jobs', jobs],
]);
