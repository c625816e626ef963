import { parseArgs } from 'node:util';
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CommandLists } from '../jobs/policy/lists.ts';
import { DEFAULT_LIMITS, LIMITS, type Limits } from '../jobs/limits.ts';
import { COMMAND_LIST_FLAGS, COMMAND_LIST_HELP, readCommandLists } from './command-lists.ts';

export interface ServerOptions {
  readonly limits: Limits;
  readonly storage: string;
  readonly cwd: string;
  readonly shell: string | undefined;
  readonly keepJobs: boolean;
  readonly commandLists: CommandLists;
  readonly action: 'serve' | 'help' | 'version';
  /** What was given and is not used, with the reason. */
  readonly refused: readonly string[];
}

type LimitName = keyof Limits;

/** `maxOutputSize` → `max-output-size`. */
function flagOf(name: LimitName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const LIMIT_NAMES = Object.keys(LIMITS) as LimitName[];

/** Variables under the names of mcp-background-job. */
const VARIABLES: Partial<Record<LimitName, string>> = {
  maxConcurrentJobs: 'MCP_BG_MAX_JOBS',
  maxOutputSize: 'MCP_BG_MAX_OUTPUT_SIZE',
  defaultTimeout: 'MCP_BG_JOB_TIMEOUT',
};

export const HELP = `Usage: background-jobs [options]

An MCP server over stdio that runs shell commands as background jobs.

  --storage DIR       Where logs and history are kept. Default: a folder for each working
                      folder, in the user's state folder
  --cwd DIR           Where jobs run that name no folder. Default: the current one
  --shell PATH        Default: $SHELL when it is a POSIX shell, else bash, else sh
  --keep-jobs         Jobs go on when the client goes away, for --keep-alive-seconds
${LIMIT_NAMES.map((name) => {
  const { default: value, min, max, unit } = LIMITS[name];
  const variable = VARIABLES[name] === undefined ? '' : ` (${VARIABLES[name]})`;
  return `  --${flagOf(name)} N\n${' '.repeat(22)}${unit}, ${min} to ${max}; default ${value}${variable}`;
}).join('\n')}
${COMMAND_LIST_HELP}
  --version, --help

Sizes may end in KB, MB or GB. A flag counts more than its variable.`;

/** Reads flags and environment. A value that cannot be used is refused by itself; the others are kept. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): ServerOptions {
  const { values, tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: {
      storage: { type: 'string' },
      cwd: { type: 'string' },
      shell: { type: 'string' },
      'keep-jobs': { type: 'boolean' },
      help: { type: 'boolean' },
      version: { type: 'boolean' },
      ...Object.fromEntries(
        COMMAND_LIST_FLAGS.map((name) => [name, { type: 'string' as const, multiple: true }]),
      ),
      ...Object.fromEntries(LIMIT_NAMES.map((name) => [flagOf(name), { type: 'string' as const }])),
    },
  });
  const known = new Set([
    'storage',
    'cwd',
    'shell',
    'keep-jobs',
    'help',
    'version',
    ...COMMAND_LIST_FLAGS,
    ...LIMIT_NAMES.map(flagOf),
  ]);
  const refused = tokens.flatMap((token) => {
    if (token.kind === 'positional') return [`${token.value}: there is no such argument.`];
    return token.kind === 'option' ? optionProblems(token, known) : [];
  });
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const given = LIMIT_NAMES.flatMap((name): [LimitName, number][] => {
    const flag = text(flagOf(name));
    const variable = VARIABLES[name];
    const value = flag ?? (variable === undefined ? undefined : env[variable]);
    if (value === undefined || value === '') return [];
    const number = readLimit(name, value);
    if (number !== undefined) return [[name, number]];
    const { min, max, unit } = LIMITS[name];
    refused.push(
      `${flag === undefined ? variable : `--${flagOf(name)}`}: "${value}" is not ${unit} from ${min} to ${max}.`,
    );
    return [];
  });
  const folder = resolve(cwd, text('cwd') ?? env.MCP_BG_WORKING_DIR ?? '.');
  return {
    limits: { ...DEFAULT_LIMITS, ...Object.fromEntries(given) },
    storage: resolve(cwd, text('storage') ?? defaultStorage(env, folder)),
    cwd: folder,
    shell: text('shell'),
    keepJobs: values['keep-jobs'] === true,
    commandLists: readCommandLists(tokens, env),
    action: values.help === true ? 'help' : values.version === true ? 'version' : 'serve',
    refused,
  };
}

const SWITCHES = new Set(['keep-jobs', 'help', 'version']);

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
}

function optionProblems({ name, rawName, value }: OptionToken, known: ReadonlySet<string>): string[] {
  if (!known.has(name)) return [`${rawName}: there is no such option.`];
  // What is wrong with these is no reason to leave them out.
  if (COMMAND_LIST_FLAGS.includes(name)) return [];
  if (SWITCHES.has(name))
    return value === undefined ? [] : [`${rawName}: it takes no value, "${value}" was given.`];
  return value === undefined || value === '' ? [`${rawName}: its value is missing.`] : [];
}

const FACTORS: Record<string, number> = { '': 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Undefined when it is no number within the bounds. */
function readLimit(name: LimitName, value: string): number | undefined {
  const match = /^(\d+)\s*(KB|MB|GB)?$/i.exec(value.trim());
  if (match === null || (match[2] !== undefined && LIMITS[name].unit !== 'bytes')) return undefined;
  const number = Number(match[1]) * (FACTORS[(match[2] ?? '').toUpperCase()] ?? 1);
  return number >= LIMITS[name].min && number <= LIMITS[name].max ? number : undefined;
}

/** A folder for each working folder, so that names of jobs of different projects do not meet. */
function defaultStorage(env: NodeJS.ProcessEnv, cwd: string): string {
  const state =
    process.platform === 'win32'
      ? (env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
      : (env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'));
  return join(state, 'background-jobs', createHash('sha256').update(cwd).digest('hex').slice(0, 16));
}
