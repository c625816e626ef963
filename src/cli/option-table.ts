import { LOG_LEVELS } from '../base/log-level.ts';
import { LIMITS, type Bounds, type Limits } from '../jobs/limits.ts';
import { ATTACH_VARIABLE } from '../mcp/attach/attach-paths.ts';
import { COMPAT_NAMES } from '../mcp/compat/compat-names.ts';

type Kind =
  | { readonly kind: 'text' | 'list' | 'optional text'; readonly placeholder: string }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default?: string }
  | { readonly kind: 'number'; readonly bounds: Bounds; readonly limit?: keyof Limits };

/** An option of the command line. Its name is its key in the table, without the dashes. */
export type Option = Kind & {
  /** The environment variable that is read if the flag is missing. Limits of mcp-background-job keep its names. */
  readonly variable?: string;
  readonly help: string;
};

const ATTACH_SECONDS: Bounds = { min: 0, max: 50, default: 20, unit: 'seconds' };

/**
 * Every option, in the order of `--help`. Flags, variables, help and bounds come from this table. Node's `parseArgs()`
 * reads the flags: commander stops at the first invalid one, but a server has to report all of them and start.
 */
export const OPTIONS = {
  attach: {
    kind: 'optional text',
    placeholder: 'DIR',
    variable: ATTACH_VARIABLE,
    help:
      'Join the jobs of a window of VS Code instead of having separate jobs: of the window in whose terminal this ' +
      'runs, or of the workspace whose folder DIR is in the output of "Copy MCP Configuration".',
  },
  'attach-seconds': {
    kind: 'number',
    bounds: ATTACH_SECONDS,
    variable: 'MCP_BG_ATTACH_SECONDS',
    help: 'How long to wait for that window, for example while it reloads.',
  },
  storage: {
    kind: 'text',
    placeholder: 'DIR',
    variable: 'MCP_BG_STORAGE',
    help: "Folder for logs and history. Default: one for each working folder, in the user's state folder.",
  },
  cwd: {
    kind: 'text',
    placeholder: 'DIR',
    variable: 'MCP_BG_WORKING_DIR',
    help: 'Folder for jobs started without a folder. Default: the current one.',
  },
  shell: {
    kind: 'text',
    placeholder: 'PATH',
    variable: 'MCP_BG_SHELL',
    help: 'Shell that runs the commands. Default: $SHELL if it is a POSIX shell, otherwise bash or sh.',
  },
  'keep-jobs': {
    kind: 'switch',
    variable: 'MCP_BG_KEEP_JOBS',
    help: 'Whether jobs keep running when the client disconnects, for the time of --keep-alive-seconds.',
  },
  'max-concurrent-jobs': {
    ...limit('maxConcurrentJobs'),
    variable: 'MCP_BG_MAX_JOBS',
    help: 'How many jobs may run at the same time.',
  },
  'max-output-size': {
    ...limit('maxOutputSize'),
    variable: 'MCP_BG_MAX_OUTPUT_SIZE',
    help: 'Output kept of one job.',
  },
  'max-total-size': {
    ...limit('maxTotalSize'),
    variable: 'MCP_BG_MAX_TOTAL_SIZE',
    help: 'Output kept of all jobs together.',
  },
  'default-timeout': {
    ...limit('defaultTimeout'),
    variable: 'MCP_BG_JOB_TIMEOUT',
    help: 'Timeout for jobs started without one. 0 disables it.',
  },
  'grace-seconds': {
    ...limit('graceSeconds'),
    variable: 'MCP_BG_GRACE_SECONDS',
    help: 'Time for a job to shut down before SIGKILL.',
  },
  'history-limit': {
    ...limit('historyLimit'),
    variable: 'MCP_BG_HISTORY_LIMIT',
    help: 'How many finished jobs are remembered.',
  },
  'history-days': {
    ...limit('historyDays'),
    variable: 'MCP_BG_HISTORY_DAYS',
    help: 'How long finished jobs are remembered.',
  },
  'keep-alive-seconds': {
    ...limit('keepAliveSeconds'),
    variable: 'MCP_BG_KEEP_ALIVE_SECONDS',
    help: 'How long jobs run while no client is connected.',
  },
  'allowed-commands': {
    kind: 'list',
    placeholder: 'REGEX',
    variable: 'MCP_BG_ALLOWED_COMMANDS',
    help:
      'Every command of a command line must match one of these patterns. Repeat the flag for each pattern; the ' +
      'variable holds several, separated by commas.',
  },
  'denied-commands': {
    kind: 'list',
    placeholder: 'REGEX',
    variable: 'MCP_BG_DENIED_COMMANDS',
    help: 'No command of a command line may match one of these patterns.',
  },
  compat: {
    kind: 'choice',
    choices: COMPAT_NAMES,
    variable: 'MCP_BG_COMPAT',
    help: 'List the tools of another server instead of our own:',
  },
  'log-level': {
    kind: 'choice',
    choices: LOG_LEVELS,
    default: 'warn',
    variable: 'MCP_BG_LOG_LEVEL',
    help: 'What to log on stderr:',
  },
  version: { kind: 'switch', help: 'Print the version.' },
  help: { kind: 'switch', help: 'Print this help.' },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof OPTIONS;

function limit(name: keyof Limits) {
  return { kind: 'number', limit: name, bounds: LIMITS[name] } as const;
}
