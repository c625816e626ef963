import { names, withNo, type OptionSpec } from './program-options.ts';
import { named, type Program } from './program-table.ts';
import { FLAG_VALUE, NPX, type Wrapper } from './wrapper-programs.ts';

const NPM: OptionSpec = {
  flags: 'adfghlnpqsvyBDEHOPS?',
  values: 'wC',
  long: [
    ...names('silent quiet verbose help usage version versions no ws iwr local'),
    ...withNo(
      'yes global json long all force dry-run parseable color progress',
      'workspaces include-workspace-root workspaces-update if-present ignore-scripts',
      'foreground-scripts offline prefer-offline prefer-online prefer-dedupe dev',
      'save save-dev save-exact save-optional save-peer save-prod production',
      'audit fund optional package-lock package-lock-only legacy-peer-deps timing',
      'strict-peer-deps engine-strict update-notifier unicode bin-links install-links',
      'git-tag-version strict-ssl provenance description shrinkwrap',
    ),
  ],
  longValues: names(
    'prefix workspace loglevel registry reg omit include only tag otp access cache audit-level depth',
    'fetch-timeout fetch-retries maxsockets scope cafile proxy https-proxy noproxy auth-type before',
  ),
  other: FLAG_VALUE,
};

/** A value of its own word have only those that every command takes: others are flags until the command is known. */
const PNPM: OptionSpec = {
  flags: 'rwshvgDEOP',
  values: 'CF',
  long: [
    ...names(
      'recursive workspace-root silent stream aggregate-output parallel sequential use-stderr version',
      'help reverse fail-if-no-match json global prod dev yes',
    ),
    ...withNo(
      'bail color sort if-present ignore-scripts offline prefer-offline',
      'frozen-lockfile include-workspace-root ignore-workspace report-summary optional',
    ),
    ...names('workspace-concurrency resume-from store-dir registry'),
  ],
  longValues: names(
    'dir prefix filter filter-prod loglevel reporter test-pattern changed-files-ignore-pattern',
  ),
  other: FLAG_VALUE,
};

const PNPM_EXEC: Wrapper = {
  options: {
    flags: 'crw',
    values: 'CF',
    long: names(
      'shell-mode recursive silent parallel workspace-root reverse report-summary no-bail no-sort',
      'no-reporter-hide-prefix',
    ),
    longValues: names('dir filter filter-prod workspace-concurrency resume-from'),
    other: FLAG_VALUE,
  },
  textWith: ['c', 'shell-mode'],
};

/** Without --production and its like: whether the next word is their value depends on the version. */
const YARN: OptionSpec = {
  flags: 'svhf',
  long: names(
    'silent verbose version help offline prefer-offline json non-interactive force frozen-lockfile',
    'immutable no-progress no-lockfile pure-lockfile check-files flat ignore-scripts ignore-engines',
    'ignore-platform ignore-optional no-bin-links',
  ),
  longValues: names('cwd mutex modules-folder cache-folder registry network-timeout proxy'),
};

const YARN_FOREACH: Wrapper = {
  options: {
    flags: 'ARWpvitn',
    values: 'j',
    long: names(
      'all recursive worktree parallel verbose interlaced topological dry-run since topological-dev',
      'no-private',
    ),
    longValues: names('from include exclude jobs'),
  },
  runsAs: 'yarn',
};

const BUN: OptionSpec = {
  flags: 'bvhi',
  values: 'Frdlep',
  long: names(
    'bun silent hot watch smol version revision help if-present inspect config inspect-wait',
    'inspect-brk no-clear-screen no-install prefer-offline prefer-latest expose-gc no-deprecation',
    'throw-deprecation no-addons parallel sequential workspaces',
  ),
  longValues: names(
    'cwd env-file preload require import port conditions define loader filter eval print',
    'tsconfig-override elide-lines title install shell main-fields drop',
  ),
};

const DENO: OptionSpec = {
  flags: 'qhVARWENS',
  values: 'Lc',
  long: [
    ...names(
      'quiet help version no-prompt no-config no-lock frozen check no-check watch watch-hmr inspect',
      'inspect-brk inspect-wait no-remote no-npm cached-only env-file',
    ),
    ...['all', 'net', 'read', 'write', 'env', 'run', 'ffi', 'sys', 'import'].map((name) => `allow-${name}`),
    ...['net', 'read', 'write', 'env', 'run', 'ffi', 'sys', 'import'].map((name) => `deny-${name}`),
  ],
  longValues: names('log-level config import-map cert location seed'),
  other: /^--unstable(-[a-z-]+)?$/,
};

const DENO_TASK: Wrapper = {
  options: {
    flags: 'qhr',
    values: 'Lcf',
    long: names('quiet help recursive eval no-config frozen no-lock'),
    longValues: names('cwd config filter log-level'),
  },
  refused: ['eval'],
  onlyTexts: true,
};

const NPM_EXEC: Wrapper = {
  ...NPX,
  // Of npm exec, other than of npx, -p is the flag --parseable.
  options: { ...NPX.options, flags: 'yqp', values: 'cw', other: FLAG_VALUE },
};

/** npm makes a script of its own of `env`, which gets the words that follow. */
const NPM_RUN: Program = { options: NPM, commands: named(['env', { runsAs: 'env' }]) };

const NPM_RUN_NAMES = [
  'run rum urn ur',
  ...['run-script', 'runScript'].flatMap((name) => [4, 5, 6, 7, 8, 9, 10].map((end) => name.slice(0, end))),
].join(' ');

const YARN_PROGRAM: Program = {
  options: YARN,
  hasFolder: true,
  commands: named(
    ['exec', { textOf: 'first' }],
    ['dlx', { options: { flags: 'q', values: 'p', longValues: ['package'] } }],
    ['workspace', { operands: 1, runsAs: 'yarn' }],
    ['workspaces', { commands: named(['foreach', YARN_FOREACH]) }],
  ),
};

/** Programs around JavaScript, from their help, with the other names and the abbreviations they take. */
export const JAVASCRIPT: ReadonlyMap<string, Program> = new Map<string, Program>([
  [
    'npm',
    {
      options: NPM,
      commands: named(
        ['exec exe x', NPM_EXEC],
        [NPM_RUN_NAMES, NPM_RUN],
        ['explore explor explo', { isOpaque: true }],
      ),
    },
  ],
  [
    'pnpm',
    {
      options: PNPM,
      commands: named(
        ['exec', PNPM_EXEC],
        ['dlx', { options: { flags: 's', long: ['silent'], longValues: ['package'], other: FLAG_VALUE } }],
        ['recursive multi m', { options: PNPM, runsAs: 'pnpm' }],
      ),
    },
  ],
  ['yarn', YARN_PROGRAM],
  ['yarnpkg', YARN_PROGRAM],
  [
    'bun',
    {
      options: BUN,
      commands: named(
        ['x', { options: { long: names('bun silent verbose no-install'), longValues: ['package'] } }],
        ['exec', { textOf: 'all' }],
      ),
    },
  ],
  ['deno', { options: DENO, commands: named(['task', DENO_TASK]) }],
]);
