import type { Bounds } from '../jobs/limits.ts';
import { COMMAND_LIST_HELP } from './command-list-file.ts';
import { COMPAT_NAMES } from '../mcp/compat/compat-names.ts';
import { LOG_LEVELS } from '../base/log-level.ts';

interface LimitHelp extends Bounds {
  readonly flag: string;
  readonly variable: string;
}

/** What `--help` prints. @param attachSeconds by default */
export function helpText(limits: readonly LimitHelp[], attachSeconds: number): string {
  const rows: readonly (readonly [option: string, ...words: string[]])[] = [
    [
      '--attach[=DIR]',
      'Join the jobs of a window of VS Code, in place of having jobs of',
      'its own: of the window in whose terminal this runs; else of the',
      'workspace that "Copy MCP Configuration" names with DIR',
      '(BACKGROUND_JOBS_ENDPOINT)',
    ],
    [
      '--attach-seconds N',
      'How long to wait for such a window, as while it reloads;',
      `default ${attachSeconds} (MCP_BG_ATTACH_SECONDS)`,
    ],
    [
      '--storage DIR',
      'Where logs and history are kept. Default: a folder for each working',
      "folder, in the user's state folder (MCP_BG_STORAGE)",
    ],
    ['--cwd DIR', 'Where jobs run that name no folder. Default: the current one', '(MCP_BG_WORKING_DIR)'],
    ['--shell PATH', 'Default: $SHELL when it is a POSIX shell, else bash, else sh', '(MCP_BG_SHELL)'],
    [
      '--keep-jobs',
      'Jobs go on when the client goes away, for --keep-alive-seconds',
      '(MCP_BG_KEEP_JOBS=true)',
    ],
    ...limits.map(({ flag, variable, unit, min, max, default: value }) => {
      return [`--${flag} N`, `${unit}, ${min} to ${max}; default ${value} (${variable})`] as const;
    }),
    ...COMMAND_LIST_HELP,
    [
      '--compat NAME',
      'List the tools of another server in place of ours:',
      `${COMPAT_NAMES.join(', ')} (MCP_BG_COMPAT)`,
    ],
    ['--log-level LEVEL', `On stderr: ${LOG_LEVELS.join(', ')}; default warn (MCP_BG_LOG_LEVEL)`],
    ['--version, --help'],
  ];
  return `Usage: background-jobs [options]

An MCP server over stdio that runs shell commands as background jobs.

${rows.map(([option, ...words]) => row(option, words)).join('\n')}

Sizes may end in KB, MB or GB. A flag counts more than its variable. What cannot be used is told on
stderr and left out; of a number out of bounds the nearest one counts. With --attach, limits and
folders are those of the window.`;
}

const COLUMN = 24;

function row(option: string, words: readonly string[]): string {
  const lines = words.join(`\n${' '.repeat(COLUMN)}`);
  const isLong = option.length + 3 > COLUMN;
  return `  ${isLong ? `${option}\n${' '.repeat(COLUMN)}` : option.padEnd(COLUMN - 2)}${lines}`.trimEnd();
}
