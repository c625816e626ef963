import type { CommandLists, PatternList } from '../policy/command-policy.ts';
import { OPTIONS } from './option-table.ts';

/** A token of `parseArgs()`. */
interface Token {
  readonly kind: string;
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
export function readCommandLists(tokens: readonly Token[], env: NodeJS.ProcessEnv): CommandLists {
  const read = (name: typeof ALLOWED | typeof DENIED): PatternList => {
    const given = tokens.filter((token) => token.kind === 'option' && token.name === name);
    if (given.length > 0) return { name: `--${name}`, patterns: given.map(({ value }) => value ?? '') };
    const { variable } = OPTIONS[name];
    return { name: variable, patterns: splitList(env[variable] ?? '') };
  };
  const lists = { allowed: read(ALLOWED), denied: read(DENIED) };
  const problem = listProblem(lists.allowed) ?? listProblem(lists.denied) ?? misspelling(tokens, lists);
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

/** Finds an unknown option that was meant for a list, and a pattern without its own flag. */
function misspelling(tokens: readonly Token[], lists: CommandLists): string | undefined {
  const option = tokens.find(
    ({ kind, name = '' }) =>
      kind === 'option' &&
      name !== ALLOWED &&
      name !== DENIED &&
      /allow|deny|denied|forbid|block/i.test(name),
  );
  if (option !== undefined) return `${option.rawName ?? ''}: the options are --${ALLOWED} and --${DENIED}.`;
  const isByFlag = [lists.allowed, lists.denied].some(({ name }) => name.startsWith('--'));
  const stray = tokens.find(({ kind }) => kind === 'positional');
  if (stray === undefined || !isByFlag) return undefined;
  return `${stray.value ?? ''}: it belongs to no option, and each pattern needs its own.`;
}
