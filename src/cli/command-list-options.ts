import { quote } from '../base/quoted-text.ts';
import type { CommandLists, PatternList } from '../policy/command-policy.ts';
import { OPTIONS } from './option-table.ts';

/** A token of `parseArgs()`. */
interface Token {
  readonly kind: string;
  /** The index of its argument. */
  readonly index: number;
  readonly name?: string | undefined;
  readonly rawName?: string | undefined;
  readonly value?: string | undefined;
}

const ALLOWED = 'allowed-commands';
const DENIED = 'denied-commands';

/**
 * Reads the lists of the command policy. Unlike other options, an invalid list is not ignored, since that would allow
 * more than the user meant. It becomes a problem, and no command runs.
 */
export function readCommandLists(
  args: readonly string[],
  tokens: readonly Token[],
  env: NodeJS.ProcessEnv,
): CommandLists {
  const read = (name: typeof ALLOWED | typeof DENIED): PatternList => {
    const given = tokens.filter((token) => token.kind === 'option' && token.name === name);
    if (given.length > 0) return { name: `--${name}`, patterns: given.map(({ value }) => value ?? '') };
    const { variable } = OPTIONS[name];
    return { name: variable, patterns: splitList(env[variable] ?? '') };
  };
  const lists = { allowed: read(ALLOWED), denied: read(DENIED) };
  const problem =
    listProblem(lists.allowed) ??
    listProblem(lists.denied) ??
    misspelledOption(args, tokens) ??
    misspelledVariable(env) ??
    strayWord(tokens);
  return { ...lists, problem: problem && `${problem} Correct it and start the server again.` };
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '');
}

function listProblem({ name, patterns }: PatternList): string | undefined {
  for (const pattern of patterns as readonly string[]) {
    if (pattern === '') return `${name}: its value is missing.`;
    if (name.startsWith('--') && pattern.startsWith('--')) return `${name}: "${pattern}" is another option.`;
    if (!name.startsWith('--') && /\{\d+$/.test(pattern)) {
      return `${name}: "${pattern}" ends at a comma, which separates patterns. Use the flag for this pattern.`;
    }
    try {
      new RegExp(pattern);
    } catch (error) {
      return `${name}: ${error instanceof Error ? error.message : String(error)}.`;
    }
  }
  return undefined;
}

/** Words in names that people try for a list. No other option has such a name. */
const RESEMBLES_LIST =
  /al+ow|den[iy]|forbid|block|black|white|permit|reject|refuse|restrict|prohibit|command|polic/i;

/** Returns whether an unknown option may be meant for a list: `--deny`, or `-denied-commands`, which is many options. */
export function resemblesList(option: string): boolean {
  return RESEMBLES_LIST.test(option);
}

/** Returns the option in an argument as written. An argument such as `-deny` has a token for each letter. */
export function optionIn(args: readonly string[], { index, rawName = '' }: Token): string {
  const written = args[index] ?? rawName;
  return rawName.startsWith('--') ? rawName : written.replace(/=.*$/s, '');
}

function misspelledOption(args: readonly string[], tokens: readonly Token[]): string | undefined {
  const unknown = tokens.filter(({ kind, name = '' }) => kind === 'option' && !Object.hasOwn(OPTIONS, name));
  const option = unknown.map((token) => optionIn(args, token)).find(resemblesList);
  return option && `${quoted(option)}: the options are --${ALLOWED} and --${DENIED}.`;
}

function misspelledVariable(env: NodeJS.ProcessEnv): string | undefined {
  const variables = [OPTIONS[ALLOWED].variable, OPTIONS[DENIED].variable];
  // The names of variables have no case in Windows.
  const known = (name: string): boolean =>
    variables.some((each) => each === (process.platform === 'win32' ? name.toUpperCase() : name));
  const name = Object.keys(env).find(
    (each) => /^MCP_BG_/i.test(each) && RESEMBLES_LIST.test(each) && !known(each) && env[each] !== '',
  );
  return name && `${quoted(name)}: the variables are ${variables.join(' and ')}.`;
}

/** Finds a word without an option, which may be a pattern. */
function strayWord(tokens: readonly Token[]): string | undefined {
  // Someone may write the value of a flag that takes none, as in `--keep-jobs true`.
  const stray = tokens.find(
    ({ kind, value = '' }) => kind === 'positional' && !/^(true|false)$/.test(value),
  )?.value;
  return stray === undefined
    ? undefined
    : `${quoted(stray)}: it belongs to no option. Each pattern needs its own --${ALLOWED} or --${DENIED}.`;
}

/** Returns a word as it is if it has no special characters. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : quote(word);
}
