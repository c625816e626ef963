import { LOG_LEVELS } from '../base/log-level.ts';
import { type Bounds, LIMITS, type Limits } from '../jobs/records/limits.ts';
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
      'Share the jobs of a VS Code window instead of having separate jobs. Without DIR, share those of the window in ' +
      'whose terminal the server runs. "Copy MCP Configuration" shows the DIR of a workspace.',
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
    help: "Folder for logs and history. Default: a folder for each working folder, in the user's state folder.",
  },
  cwd: {
    kind: 'text',
    placeholder: 'DIR',
    variable: 'MCP_BG_WORKING_DIR',
    help: 'Folder for jobs started without one. Default: the current folder.',
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
    help: 'Keep jobs running when the client disconnects, for up to --keep-alive-seconds.',
  },
  'max-concurrent-jobs': {
    ...limit('maxConcurrentJobs'),
    variable: 'MCP_BG_MAX_JOBS',
    help: 'Maximum number of jobs that run at the same time. Others are queued, or refused if the variable sets it.',
  },
  'max-output-size': {
    ...limit('maxOutputSize'),
    variable: 'MCP_BG_MAX_OUTPUT_SIZE',
    help: 'Maximum output kept for each job.',
  },
  'max-total-size': {
    ...limit('maxTotalSize'),
    variable: 'MCP_BG_MAX_TOTAL_SIZE',
    help: 'Maximum output kept for all jobs together. Finished jobs keep theirs for at least a minute.',
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
    help: 'Maximum number of finished jobs in the history.',
  },
  'history-days': {
    ...limit('historyDays'),
    variable: 'MCP_BG_HISTORY_DAYS',
    help: 'How long finished jobs stay in the history.',
  },
  'keep-alive-seconds': {
    ...limit('keepAliveSeconds'),
    variable: 'MCP_BG_KEEP_ALIVE_SECONDS',
    help: 'How long jobs keep running while no client is connected.',
  },
  'allowed-commands': {
    kind: 'list',
    placeholder: 'REGEX',
    variable: 'MCP_BG_ALLOWED_COMMANDS',
    help:
      'Every command in a command line must match one of these patterns. Repeat the flag for each pattern. In the ' +
      'variable, separate patterns by commas.',
  },
  'denied-commands': {
    kind: 'list',
    placeholder: 'REGEX',
    variable: 'MCP_BG_DENIED_COMMANDS',
    help: 'No command in a command line may match one of these patterns.',
  },
  compat: {
    kind: 'choice',
    choices: COMPAT_NAMES,
    variable: 'MCP_BG_COMPAT',
    help: 'List the tools of another server instead of the tools of this one:',
  },
  'log-level': {
    kind: 'choice',
    choices: LOG_LEVELS,
    default: 'warn',
    variable: 'MCP_BG_LOG_LEVEL',
    help: 'Least severe level to log on stderr:',
  },
  version: { kind: 'switch', help: 'Print the version.' },
  help: { kind: 'switch', help: 'Print this help.' },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof OPTIONS;

function limit(name: keyof Limits) {
  return { kind: 'number', limit: name, bounds: LIMITS[name] } as const;
}
