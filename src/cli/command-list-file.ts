import type { CommandLists, PatternList } from '../policy/command-policy.ts';

/** A flag and the variable that stands in for it, of which the first has the name that mcp-background-job gave it. */
const SOURCES = {
  allowed: { flag: 'allowed-commands', variable: 'MCP_BG_ALLOWED_COMMANDS' },
  denied: { flag: 'denied-commands', variable: 'MCP_BG_DENIED_COMMANDS' },
} as const;

export const COMMAND_LIST_FLAGS: readonly string[] = Object.values(SOURCES).map(({ flag }) => flag);

/** For `--help`: an option, and what is said of it in lines. */
export const COMMAND_LIST_HELP: readonly (readonly [option: string, ...words: string[]])[] = [
  [
    '--allowed-commands REGEX',
    'Every command of a command line must match one of these; may be given',
    'several times (MCP_BG_ALLOWED_COMMANDS: several, commas between them)',
  ],
  ['--denied-commands REGEX', 'None may match one of these (MCP_BG_DENIED_COMMANDS)'],
];

/** Of `parseArgs()`. */
interface Token {
  readonly kind: string;
  readonly name?: string | undefined;
  readonly rawName?: string | undefined;
  readonly value?: string | undefined;
}

/**
 * Reads the lists of the command policy. What cannot be used is not left out, as other options are: less would be
 * refused than somebody meant. It is a problem with which nothing runs.
 */
export function readCommandLists(tokens: readonly Token[], env: NodeJS.ProcessEnv): CommandLists {
  const read = ({ flag, variable }: (typeof SOURCES)[keyof typeof SOURCES]): PatternList => {
    const given = tokens.filter(({ kind, name }) => kind === 'option' && name === flag);
    if (given.length > 0) return { name: `--${flag}`, patterns: given.map(({ value }) => value ?? '') };
    return { name: variable, patterns: splitList(env[variable] ?? '') };
  };
  const lists = { allowed: read(SOURCES.allowed), denied: read(SOURCES.denied) };
  const problem = listProblem(lists.allowed) ?? listProblem(lists.denied) ?? misspelt(tokens, lists);
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
      return `${name}: "${pattern}" ends at a comma, which separates patterns; give it with a flag.`;
    }
    try {
      new RegExp(pattern);
    } catch (error) {
      return `${name}: ${error instanceof Error ? error.message : String(error)}.`;
    }
  }
  return undefined;
}

/** An option that was meant for one of the lists, and a pattern that was meant as a further one. */
function misspelt(tokens: readonly Token[], lists: CommandLists): string | undefined {
  const option = tokens.find(
    ({ kind, name = '' }) =>
      kind === 'option' && !COMMAND_LIST_FLAGS.includes(name) && /allow|deny|denied|forbid|block/i.test(name),
  );
  if (option !== undefined)
    return `${option.rawName ?? ''}: the options are --${COMMAND_LIST_FLAGS.join(' and --')}.`;
  const isByFlag = [lists.allowed, lists.denied].some(({ name }) => name.startsWith('--'));
  const stray = tokens.find(({ kind }) => kind === 'positional');
  if (stray === undefined || !isByFlag) return undefined;
  return `${stray.value ?? ''}: it belongs to no option, and each pattern needs its own.`;
}
