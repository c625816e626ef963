import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LOG_LEVELS, type LogLevel } from '../base/log-level.ts';
import { quote } from '../base/quoted-text.ts';
import { type Bounds, DEFAULT_LIMITS, type Limits } from '../jobs/records/limits.ts';
import { COMPAT_NAMES, type CompatName } from '../mcp/compat/compat-names.ts';
import type { CommandLists } from '../policy/command-policy.ts';
import { optionIn, readCommandLists, resemblesList } from './command-list-options.ts';
import { type Option, type OptionName, OPTIONS } from './option-table.ts';
import { type GivenValue, OptionValues } from './option-values.ts';

export interface ServerOptions {
  readonly limits: Limits;
  /** Jobs above the limit are refused, as by mcp-background-job, whose variable sets it. */
  readonly refuseAboveLimit: boolean;
  readonly storage: string;
  readonly cwd: string;
  readonly shell: string | undefined;
  readonly keepJobs: boolean;
  readonly commandLists: CommandLists;
  readonly logLevel: LogLevel;
  /** The server whose tools are listed instead of ours. */
  readonly compat: CompatName | undefined;
  /**
   * The folder where windows publish their addresses, to join the jobs of one. Null if no folder is known. Undefined
   * to have jobs of our own.
   */
  readonly attach: string | null | undefined;
  /** How long to wait for a window. */
  readonly attachSeconds: number;
  readonly action: 'serve' | 'help' | 'version';
  /** A sentence for each value that is not used as it was given. */
  readonly warnings: readonly string[];
}

/** `MCP_BG_CLEANUP_INTERVAL` of mcp-background-job has no effect here, but is validated. */
const CLEANUP_INTERVAL: Omit<Bounds, 'default'> = { min: 10, max: 3600, unit: 'seconds' };

/** Reads flags and variables. Each invalid value is ignored with a warning, and the others apply. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): ServerOptions {
  const { values, tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries<Option>(OPTIONS).map(([name, { kind }]) => [name, parserOf(kind)]),
    ),
  });
  const read = new OptionValues();
  const variable = (name: string): GivenValue | undefined => {
    const text = env[name];
    return text === undefined || text === '' ? undefined : { source: name, text };
  };
  /** Returns the value of the flag, or else of the variable. An empty value is absent. */
  const given = (name: OptionName): GivenValue | undefined => {
    const text = values[name];
    if (typeof text === 'string' && text !== '') return { source: `--${name}`, text };
    const option: Option = OPTIONS[name];
    return option.variable === undefined ? undefined : variable(option.variable);
  };
  for (const [at, token] of tokens.entries()) {
    // An argument such as `-abc` has a token for each letter.
    const isFirst = token.index !== tokens[at - 1]?.index;
    const problem = isFirst ? tokenProblem(token, args) : undefined;
    if (problem !== undefined) read.warnings.push(`${problem} Ignored.`);
  }
  const limits = Object.entries<Option>(OPTIONS).flatMap(([name, option]): [string, number][] => {
    if (option.kind !== 'number' || option.limit === undefined) return [];
    const number = read.number(given(name as OptionName), option.bounds);
    return number === undefined ? [] : [[option.limit, number]];
  });
  read.number(variable('MCP_BG_CLEANUP_INTERVAL'), CLEANUP_INTERVAL);
  const attachSeconds = OPTIONS['attach-seconds'].bounds;
  // A missing folder is reported when a job starts, since no job may run in another folder than the one asked for.
  const folder = resolve(cwd, given('cwd')?.text ?? '.');
  const attach = attachFolder(values.attach, variable(OPTIONS.attach.variable)?.text, cwd);
  const compat = given('compat');
  if (attach !== undefined && compat !== undefined) {
    read.warn(
      compat,
      'has no effect: a window lists its own tools. The tools of the other server can still be called.',
    );
  }
  return {
    refuseAboveLimit: given('max-concurrent-jobs')?.source === OPTIONS['max-concurrent-jobs'].variable,
    limits: { ...DEFAULT_LIMITS, ...Object.fromEntries(limits) },
    storage: resolve(cwd, given('storage')?.text ?? defaultStorage(env, folder)),
    cwd: folder,
    shell: given('shell')?.text,
    keepJobs: values['keep-jobs'] === true || read.switch(variable(OPTIONS['keep-jobs'].variable)) === true,
    commandLists: readCommandLists(args, tokens, env),
    logLevel: read.choice(given('log-level'), LOG_LEVELS) ?? OPTIONS['log-level'].default,
    compat: read.choice(compat, COMPAT_NAMES),
    attach,
    attachSeconds: read.number(given('attach-seconds'), attachSeconds) ?? attachSeconds.default,
    action: values.help === true ? 'help' : values.version === true ? 'version' : 'serve',
    warnings: read.warnings,
  };
}

function parserOf(kind: Option['kind']): { readonly type: 'boolean' | 'string'; readonly multiple: boolean } {
  const isBoolean = kind === 'switch' || kind === 'optional text';
  return { type: isBoolean ? 'boolean' : 'string', multiple: kind === 'list' };
}

/** The tokens of `parseArgs()`. */
type Token = { readonly index: number } & (
  | { readonly kind: 'positional'; readonly value: string }
  | { readonly kind: 'option-terminator' }
  | {
      readonly kind: 'option';
      readonly name: string;
      readonly rawName: string;
      readonly value: string | undefined;
    }
);

/** Returns why a token is ignored. What may be meant for a list of commands is not: it is a problem of the list. */
function tokenProblem(token: Token, args: readonly string[]): string | undefined {
  if (token.kind !== 'option') return undefined;
  const { name, rawName, value } = token;
  const option = Object.entries<Option>(OPTIONS).find(([each]) => each === name)?.[1];
  switch (option?.kind) {
    case undefined: {
      const written = optionIn(args, token);
      return resemblesList(written) ? undefined : `${written}: there is no such option.`;
    }
    case 'list':
      // Its problems are no reason to ignore it.
      return undefined;
    case 'switch':
      return value === undefined
        ? undefined
        : `${rawName}: it takes no value, but ${quote(value)} was given.`;
    case 'optional text':
      return value === '' ? `${rawName}: its value is missing.` : undefined;
    default:
      return value === undefined || value === '' ? `${rawName}: its value is missing.` : undefined;
  }
}

function attachFolder(flag: unknown, variable: string | undefined, cwd: string): string | null | undefined {
  if (typeof flag === 'string' && flag !== '') return resolve(cwd, flag);
  return flag === undefined || flag === false ? undefined : (variable ?? null);
}

/** Returns a folder for each working folder, so that names of jobs in different projects do not collide. */
function defaultStorage(env: NodeJS.ProcessEnv, cwd: string): string {
  const isWindows = process.platform === 'win32';
  const configured = isWindows ? env.LOCALAPPDATA : env.XDG_STATE_HOME;
  const fallback = isWindows ? ['AppData', 'Local'] : ['.local', 'state'];
  // The XDG Base Directory Specification says to ignore empty values and relative paths.
  const state =
    configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), ...fallback);
  return join(
    state,
    'background-jobs',
    createHash('sha256')
      .update(isWindows ? uniquePath(cwd) : cwd)
      .digest('hex')
      .slice(0, 16),
  );
}

/** Returns the same text for a folder of Windows however it is written: `C:\\P`, `c:\\p`, or the name of a link to it. */
function uniquePath(path: string): string {
  try {
    return realpathSync.native(path).toLowerCase();
  } catch {
    // It does not exist. A start reports that.
    return path.toLowerCase();
  }
}
