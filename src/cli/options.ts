import { parseArgs } from 'node:util';
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CommandLists } from '../policy/command-policy.ts';
import { DEFAULT_LIMITS, LIMITS, type Bounds, type Limits } from '../jobs/limits.ts';
import { ATTACH_VARIABLE } from '../mcp/attach/attach-paths.ts';
import { COMMAND_LIST_FLAGS, readCommandLists } from './command-list-file.ts';
import { COMPAT_NAMES, isCompatName, type CompatName } from '../mcp/compat/compat-names.ts';
import { helpText } from './help.ts';
import { isLogLevel, LOG_LEVELS, type LogLevel } from '../base/log-level.ts';

export interface ServerOptions {
  readonly limits: Limits;
  readonly storage: string;
  readonly cwd: string;
  readonly shell: string | undefined;
  readonly keepJobs: boolean;
  readonly commandLists: CommandLists;
  readonly logLevel: LogLevel;
  /** The server whose tools are listed in place of ours. */
  readonly compat: CompatName | undefined;
  /**
   * The folder in which windows tell where they are, to join the jobs of one; null: none is named. Undefined: serve
   * jobs of our own.
   */
  readonly attach: string | null | undefined;
  /** Seconds to wait for a window. */
  readonly attachSeconds: number;
  readonly action: 'serve' | 'help' | 'version';
  /** What was given and is not used, with the reason. */
  readonly refused: readonly string[];
  /** What was given and is not used as it is, with what counts in its place. */
  readonly adjusted: readonly string[];
}

type LimitName = keyof Limits;
type Range = Omit<Bounds, 'default'>;

/** `maxOutputSize` → `max-output-size`. */
export function flagOf(name: LimitName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export const LIMIT_NAMES = Object.keys(LIMITS) as LimitName[];

/** Under the names of mcp-background-job where it has the limit. */
export const LIMIT_VARIABLES: Readonly<Record<LimitName, string>> = {
  maxConcurrentJobs: 'MCP_BG_MAX_JOBS',
  maxOutputSize: 'MCP_BG_MAX_OUTPUT_SIZE',
  maxTotalSize: 'MCP_BG_MAX_TOTAL_SIZE',
  defaultTimeout: 'MCP_BG_JOB_TIMEOUT',
  graceSeconds: 'MCP_BG_GRACE_SECONDS',
  historyLimit: 'MCP_BG_HISTORY_LIMIT',
  historyDays: 'MCP_BG_HISTORY_DAYS',
  keepAliveSeconds: 'MCP_BG_KEEP_ALIVE_SECONDS',
};

/** Options with a text as value, and their variables. */
const TEXTS = {
  storage: 'MCP_BG_STORAGE',
  cwd: 'MCP_BG_WORKING_DIR',
  shell: 'MCP_BG_SHELL',
  'log-level': 'MCP_BG_LOG_LEVEL',
  compat: 'MCP_BG_COMPAT',
  'attach-seconds': 'MCP_BG_ATTACH_SECONDS',
} as const;

const DEFAULT_ATTACH_SECONDS = 20;
const ATTACH_SECONDS = { min: 0, max: 50, unit: 'seconds' } as const;

const SWITCHES = ['keep-jobs', 'help', 'version'] as const;
const KNOWN = new Set<string>([
  ...Object.keys(TEXTS),
  ...SWITCHES,
  'attach',
  ...COMMAND_LIST_FLAGS,
  ...LIMIT_NAMES.map((name) => flagOf(name)),
]);

/** A value, and the name of the flag or the variable that gave it. */
interface Given {
  readonly by: string;
  readonly value: string;
}

/** Reads flags and environment. A value that cannot be used is refused by itself; the others are kept. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): ServerOptions {
  const { values, tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      [...KNOWN].map((name) => {
        const isSwitch = name === 'attach' || (SWITCHES as readonly string[]).includes(name);
        return [
          name,
          {
            type: isSwitch ? ('boolean' as const) : ('string' as const),
            multiple: COMMAND_LIST_FLAGS.includes(name),
          },
        ];
      }),
    ),
  });
  const refused = tokens.flatMap((token) => {
    if (token.kind === 'positional') return [`${token.value}: there is no such argument.`];
    return token.kind === 'option' ? optionProblems(token) : [];
  });
  /** The flag counts more than the variable; an empty one is none. */
  const given = (flag: string, variable: string): Given | undefined => {
    const value = values[flag];
    if (typeof value === 'string' && value !== '') return { by: `--${flag}`, value };
    const text = env[variable];
    return text === undefined || text === '' ? undefined : { by: variable, value: text };
  };
  /** What `read` makes of a value; when it makes nothing of it, that is refused. */
  const use = <T>(value: Given | undefined, read: (text: string) => T | undefined, wanted: string) => {
    const result = value && read(value.value);
    if (value !== undefined && result === undefined) {
      refused.push(`${value.by}: "${value.value}" is not ${wanted}.`);
    }
    return result;
  };
  const text = (name: keyof typeof TEXTS): Given | undefined => given(name, TEXTS[name]);
  const adjusted: string[] = [];
  /** The nearest number within the bounds. */
  const useNumber = (value: Given | undefined, { min, max, unit }: Range): number | undefined => {
    const wanted = `${unit} from ${min} to ${max}`;
    const number = use(value, (text) => readNumber(text, unit === 'bytes'), wanted);
    if (value === undefined || number === undefined) return undefined;
    const nearest = Math.min(Math.max(number, min), max);
    if (nearest !== number)
      adjusted.push(`${value.by}: "${value.value}" is not ${wanted}; ${nearest} counts.`);
    return nearest;
  };
  const limits = LIMIT_NAMES.flatMap((name): [LimitName, number][] => {
    const number = useNumber(given(flagOf(name), LIMIT_VARIABLES[name]), LIMITS[name]);
    return number === undefined ? [] : [[name, number]];
  });
  // Of mcp-background-job. Nothing is cleaned up at intervals here; what is wrong is told all the same.
  use(
    variableOf(env, 'MCP_BG_CLEANUP_INTERVAL'),
    (value) => {
      const seconds = readNumber(value) ?? 0;
      return seconds >= 10 && seconds <= 3600 ? seconds : undefined;
    },
    'seconds from 10 to 3600',
  );
  // One that does not exist is told with the start of a job: nothing must run in another folder than was asked for.
  const folder = resolve(cwd, text('cwd')?.value ?? '.');
  const attach = readAttach(values.attach, env, cwd);
  const compat = text('compat');
  if (attach !== undefined && compat !== undefined) {
    refused.push(
      `${compat.by}: a window lists its own tools. Those of ${compat.value} can be called all the same.`,
    );
  }
  return {
    limits: { ...DEFAULT_LIMITS, ...Object.fromEntries(limits) },
    storage: resolve(cwd, text('storage')?.value ?? defaultStorage(env, folder)),
    cwd: folder,
    shell: text('shell')?.value,
    keepJobs:
      values['keep-jobs'] === true ||
      use(variableOf(env, 'MCP_BG_KEEP_JOBS'), readSwitch, 'true or false') === true,
    commandLists: readCommandLists(tokens, env),
    logLevel:
      use(text('log-level'), (value) => (isLogLevel(value) ? value : undefined), oneOf(LOG_LEVELS)) ?? 'warn',
    compat: use(compat, (value) => (isCompatName(value) ? value : undefined), oneOf(COMPAT_NAMES)),
    attach,
    attachSeconds: useNumber(text('attach-seconds'), ATTACH_SECONDS) ?? DEFAULT_ATTACH_SECONDS,
    action: values.help === true ? 'help' : values.version === true ? 'version' : 'serve',
    refused,
    adjusted,
  };
}

/** What `--help` prints. */
export function help(): string {
  return helpText(
    LIMIT_NAMES.map((name) => ({ flag: flagOf(name), variable: LIMIT_VARIABLES[name], ...LIMITS[name] })),
    DEFAULT_ATTACH_SECONDS,
  );
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
}

function optionProblems({ name, rawName, value }: OptionToken): string[] {
  if (!KNOWN.has(name)) return [`${rawName}: there is no such option.`];
  // What is wrong with these is no reason to leave them out.
  if (COMMAND_LIST_FLAGS.includes(name)) return [];
  if ((SWITCHES as readonly string[]).includes(name))
    return value === undefined ? [] : [`${rawName}: it takes no value, "${value}" was given.`];
  if (name === 'attach') return value === '' ? [`${rawName}: its value is missing.`] : [];
  return value === undefined || value === '' ? [`${rawName}: its value is missing.`] : [];
}

function variableOf(env: NodeJS.ProcessEnv, name: string): Given | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : { by: name, value };
}

function oneOf(names: readonly string[]): string {
  return `one of ${names.join(', ')}`;
}

const FACTORS: Readonly<Record<string, number>> = { '': 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Undefined when it is no whole number. A size may have a unit. */
function readNumber(value: string, isSize = false): number | undefined {
  const match = /^(-?\d+)\s*(KB|MB|GB)?$/i.exec(value.trim());
  if (match === null || (match[2] !== undefined && !isSize)) return undefined;
  return Number(match[1]) * (FACTORS[(match[2] ?? '').toUpperCase()] ?? 1);
}

function readSwitch(value: string): boolean | undefined {
  if (/^(1|true|yes|on)$/i.test(value)) return true;
  return /^(0|false|no|off)$/i.test(value) ? false : undefined;
}

function readAttach(value: unknown, env: NodeJS.ProcessEnv, cwd: string): string | null | undefined {
  if (typeof value === 'string' && value !== '') return resolve(cwd, value);
  if (value === undefined || value === false) return undefined;
  const path = env[ATTACH_VARIABLE];
  return path === undefined || path === '' ? null : path;
}

/** A folder for each working folder, so that names of jobs of different projects do not meet. */
function defaultStorage(env: NodeJS.ProcessEnv, cwd: string): string {
  const state =
    process.platform === 'win32'
      ? (env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
      : (env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'));
  return join(state, 'background-jobs', createHash('sha256').update(cwd).digest('hex').slice(0, 16));
}
