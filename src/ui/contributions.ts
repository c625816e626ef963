/** Everything that package.json declares and the code refers to, by name. A test holds the two together. */
export const COMMANDS = {
  run: 'backgroundJobs.run',
  runNpmScript: 'backgroundJobs.runNpmScript',
  runTask: 'backgroundJobs.runTask',
  runFile: 'backgroundJobs.runFile',
  runSelection: 'backgroundJobs.runSelection',
  showOutput: 'backgroundJobs.showOutput',
  showOutputInChannel: 'backgroundJobs.showOutputInChannel',
  showOutputInTerminal: 'backgroundJobs.showOutputInTerminal',
  sendInput: 'backgroundJobs.sendInput',
  sendHiddenInput: 'backgroundJobs.sendHiddenInput',
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
  rename: 'backgroundJobs.rename',
  remove: 'backgroundJobs.remove',
  clearFinished: 'backgroundJobs.clearFinished',
  filter: 'backgroundJobs.filter',
  clearFilter: 'backgroundJobs.clearFilter',
  copyMcpConfiguration: 'backgroundJobs.copyMcpConfiguration',
} as const;

export const VIEWS = { jobs: 'backgroundJobs.jobs' } as const;

export const MCP_PROVIDER = 'backgroundJobs.mcp';

/** Label of the MCP server, under which VS Code knows it. It must not change. */
export const MCP_LABEL = 'Background Jobs';

export const SETTINGS_SECTION = 'backgroundJobs';

/** Sizes are set in MB; all others in the unit of the limit. */
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

export const OTHER_SETTINGS = {
  workingDirectory: 'workingDirectory',
  shell: 'shell',
  allowedCommands: 'allowedCommands',
  deniedCommands: 'deniedCommands',
  notify: 'notifyWhenJobEnds',
  tellChat: 'tellChat',
  openOutputIn: 'openOutputIn',
} as const;

/** Where output can be shown; the first by default. */
export const OUTPUT_VIEWS = ['terminal', 'output'] as const;
export type OutputView = (typeof OUTPUT_VIEWS)[number];

/** What the menus of a row ask for. */
export const CONTEXT_VALUES = {
  running: 'job.running',
  /** Runs, and has an address that a browser can open. */
  reachable: 'job.running.web',
  finished: 'job.finished',
  /** Finished, but some of its processes are still running. */
  leftBehind: 'job.leftBehind',
  group: 'finished',
} as const;

/** Context keys that we set. */
export const CONTEXT_KEYS = { filtered: 'backgroundJobs.filtered' } as const;

/** Scheme of documents that show a log. */
export const LOG_SCHEME = 'background-job-log';
