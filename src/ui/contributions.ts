// Typed ids of everything that package.json declares and the code uses. test/manifest.test.ts checks them against it.

export const COMMANDS = {
  run: 'backgroundJobs.run',
  runNpmScript: 'backgroundJobs.runNpmScript',
  runTask: 'backgroundJobs.runTask',
  runFile: 'backgroundJobs.runFile',
  runSelection: 'backgroundJobs.runSelection',
  showOutput: 'backgroundJobs.showOutput',
  showOutputInChannel: 'backgroundJobs.showOutputInChannel',
  showDetails: 'backgroundJobs.showDetails',
  showOutputInTerminal: 'backgroundJobs.showOutputInTerminal',
  sendInput: 'backgroundJobs.sendInput',
  sendHiddenInput: 'backgroundJobs.sendHiddenInput',
  answer: 'backgroundJobs.answer',
  interrupt: 'backgroundJobs.interrupt',
  endInput: 'backgroundJobs.endInput',
  kill: 'backgroundJobs.kill',
  killAll: 'backgroundJobs.killAll',
  restart: 'backgroundJobs.restart',
  openLog: 'backgroundJobs.openLog',
  revealLog: 'backgroundJobs.revealLog',
  copyCommand: 'backgroundJobs.copyCommand',
  copyId: 'backgroundJobs.copyId',
  copyOutput: 'backgroundJobs.copyOutput',
  openInBrowser: 'backgroundJobs.openInBrowser',
  watch: 'backgroundJobs.watch',
  watchForLine: 'backgroundJobs.watchForLine',
  unwatch: 'backgroundJobs.unwatch',
  showWatchEvents: 'backgroundJobs.showWatchEvents',
  rename: 'backgroundJobs.rename',
  remove: 'backgroundJobs.remove',
  clearFinished: 'backgroundJobs.clearFinished',
  filter: 'backgroundJobs.filter',
  clearFilter: 'backgroundJobs.clearFilter',
  copyMcpConfiguration: 'backgroundJobs.copyMcpConfiguration',
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

/** Type of the editors that show the details of a job. */
export const DETAILS_VIEW = 'backgroundJobs.details';

export const VIEWS = { jobs: 'backgroundJobs.jobs' } as const;

export const MCP_PROVIDER = 'backgroundJobs.mcp';

/** Label by which VS Code identifies the MCP server. It must not change. Codex refuses a label with a space. */
export const MCP_LABEL = 'background-jobs';

export const STATUS_BAR_ITEM = 'backgroundJobs.running';

export const WATCH_STATUS_BAR_ITEM = 'backgroundJobs.watched';

export const SETTINGS_SECTION = 'backgroundJobs';

/** Sizes are in MB, all others in the unit of the limit. */
export const LIMIT_SETTINGS = {
  maxConcurrentJobs: 'maxConcurrentJobs',
  maxOutputSize: 'maxOutputSize',
  maxTotalSize: 'maxTotalSize',
  defaultTimeout: 'defaultTimeout',
  graceSeconds: 'graceSeconds',
  historyLimit: 'historyLimit',
  historyDays: 'historyDays',
  keepAliveSeconds: 'keepAliveSeconds',
} as const;

/** All settings that are not limits. */
export const OTHER_SETTINGS = {
  approvals: 'approvals',
  workingDirectory: 'workingDirectory',
  shell: 'shell',
  allowedCommands: 'allowedCommands',
  deniedCommands: 'deniedCommands',
  notifyWhenJobEnds: 'notifyWhenJobEnds',
  showAgentCommands: 'showAgentCommands',
  tellChat: 'tellChat',
  openOutputIn: 'openOutputIn',
  useTerminal: 'useTerminal',
} as const;

export type SettingName =
  (typeof LIMIT_SETTINGS)[keyof typeof LIMIT_SETTINGS] | (typeof OTHER_SETTINGS)[keyof typeof OTHER_SETTINGS];

/** Jobs whose end shows a notification. */
export const NOTIFIED_JOBS = ['never', 'failed', 'all'] as const;

/** Where output can be shown. The first is the default. */
export const OUTPUT_VIEWS = ['terminal', 'output'] as const;
export type OutputView = (typeof OUTPUT_VIEWS)[number];

/** How values of `viewItem` in the menus of a row begin. */
export const CONTEXT_VALUES = {
  running: 'job.running',
  queued: 'job.queued',
  finished: 'job.finished',
  /** Finished, but some of its processes are still running. */
  leftBehind: 'job.leftBehind',
  group: 'finished',
} as const;

/** What such a value can have in addition. */
export const CONTEXT_FLAGS = {
  /** It has an address that a browser can open. */
  web: '.web',
  /** It waits for input. */
  asks: '.asks',
  watched: '.watched',
} as const;

/** Context keys that the extension sets. */
export const CONTEXT_KEYS = { filtered: 'backgroundJobs.filtered' } as const;

/** URI scheme of files for the chat, which say what a job is and end with its last output. */
export const JOB_SCHEME = 'background-job';

/** URI scheme of documents that show a log. */
export const LOG_SCHEME = 'background-job-log';
