import { names, type OptionSpec } from './program-options.ts';

/** A program that runs another one, which it is given as words. */
export interface Wrapper {
  readonly options?: OptionSpec;
  /** Words between the options and the command. */
  readonly operands?: number;
  /** `NAME=value` may stand before the command. */
  readonly assignments?: boolean;
  /** A shell reads the words of the command, joined; or the first, with the others as its arguments. */
  readonly textOf?: 'all' | 'first';
  /** Options with which a shell reads the words, joined. */
  readonly textWith?: readonly string[];
  /** Options with which no shell reads them, whatever `textOf` says. */
  readonly wordsWith?: readonly string[];
  /** Options whose value is a text for a shell. */
  readonly texts?: readonly string[];
  /** Nothing else runs but these texts. */
  readonly onlyTexts?: boolean;
  /** Options whose value is a text for a shell when it begins with `|` or `!`. */
  readonly pipes?: readonly string[];
  /** Options that set a variable of the command: `NAME=value`. */
  readonly environment?: readonly string[];
  /** Options also stand behind operands. */
  readonly isScattered?: boolean;
  /** The words are those of this program. */
  readonly runsAs?: string;
  /** It runs commands in a way that is not looked into. */
  readonly isOpaque?: boolean;
  /** Options that change what runs in a way that is not looked into. */
  readonly refused?: readonly string[];
  /** Without a command it starts a shell. */
  readonly startsShell?: boolean;
  /** More words follow that nobody knows yet. */
  readonly hasTail?: boolean;
}

/** What nopt, which reads the options of npm, npx and pnpm, may take as the value of a flag. */
export const FLAG_VALUE = /^(true|false|null|always)$/;

export const PLAIN: Wrapper = {};

export const NPX: Wrapper = {
  options: {
    flags: 'yq',
    values: 'pcw',
    long: names('yes no no-install quiet prefer-offline prefer-online offline ignore-existing'),
    longValues: ['package', 'call', 'workspace'],
    other: FLAG_VALUE,
  },
  texts: ['c', 'call'],
};

/** From the manuals of coreutils, util-linux, findutils, procps, sudo, OpenBSD's doas, bash and npm. */
export const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>([
  [
    'env',
    {
      options: {
        flags: 'i0v',
        values: 'uCS',
        long: names('ignore-environment null debug default-signal ignore-signal block-signal'),
        longValues: ['unset', 'chdir', 'split-string'],
        other: /^-$/,
      },
      refused: ['S', 'split-string'],
      assignments: true,
    },
  ],
  ['nohup', PLAIN],
  ['setsid', { options: { flags: 'cfw', long: ['ctty', 'fork', 'wait'] } }],
  ['nice', { options: { values: 'n', longValues: ['adjustment'], other: /^--?\d+$/ } }],
  ['ionice', { options: { flags: 't', values: 'cn', long: ['ignore'], longValues: ['class', 'classdata'] } }],
  ['taskset', { options: { flags: 'ac', long: ['all-tasks', 'cpu-list'] }, operands: 1 }],
  [
    'timeout',
    {
      options: {
        flags: 'vfp',
        values: 'ks',
        long: ['foreground', 'preserve-status', 'verbose'],
        longValues: ['kill-after', 'signal'],
      },
      operands: 1,
    },
  ],
  [
    'time',
    {
      options: {
        flags: 'pvaqlh',
        values: 'fo',
        long: names('portability verbose append quiet'),
        longValues: ['format', 'output'],
      },
    },
  ],
  ['stdbuf', { options: { values: 'ioe', longValues: ['input', 'output', 'error'] } }],
  ['unbuffer', { options: { flags: 'p' } }],
  ['caffeinate', { options: { flags: 'dimsu', values: 'tw' } }],
  ['chronic', PLAIN],
  [
    'xargs',
    {
      options: {
        flags: '0rtpxo',
        values: 'adEILnPsJR',
        long: names('null no-run-if-empty verbose interactive exit open-tty'),
        longValues: names('arg-file delimiter max-args max-procs max-chars process-slot-var'),
      },
      hasTail: true,
    },
  ],
  [
    'sudo',
    {
      options: {
        // Not -s and -i: with them sudo leaves "$" to a shell (sudo(8)), and '$x' is a word that is expanded.
        flags: 'AbEHknPSBN',
        values: 'CDghprRtTuU',
        long: names('askpass background preserve-env set-home non-interactive'),
        longValues: names('user group chdir host prompt command-timeout'),
      },
      assignments: true,
      startsShell: true,
    },
  ],
  ['doas', { options: { flags: 'nsL', values: 'Cua' }, startsShell: true }],
  ['pkexec', { options: { longValues: ['user'] }, startsShell: true }],
  [
    'chroot',
    { options: { long: ['skip-chdir'], longValues: ['userspec', 'groups'] }, operands: 1, startsShell: true },
  ],
  [
    'flock',
    {
      options: {
        flags: 'sxeunoFv',
        values: 'wE',
        long: names('shared exclusive unlock nonblock close no-fork verbose'),
        longValues: ['timeout', 'wait', 'conflict-exit-code'],
      },
      operands: 1,
    },
  ],
  [
    'watch',
    {
      options: {
        flags: 'bcdegptwxr',
        values: 'nq',
        long: names('beep color differences errexit chgexit precise no-title exec'),
        longValues: ['interval', 'equexit'],
      },
      textOf: 'all',
      wordsWith: ['x', 'exec'],
    },
  ],
  [
    'strace',
    {
      options: {
        flags: 'fFqrtTvxyCciknw',
        values: 'eosapPESuOIbX',
        long: ['follow-forks'],
        longValues: ['trace', 'output', 'env'],
      },
      pipes: ['o', 'output'],
      environment: ['E', 'env'],
    },
  ],
  ['busybox', { startsShell: true }],
  ['toybox', PLAIN],
  ['cross-env', { assignments: true }],
  ['npx', NPX],
  ['pnpx', { options: { flags: 's', long: ['silent'], longValues: ['package'], other: FLAG_VALUE } }],
  ['bunx', { options: { long: ['bun'] } }],
  ['builtin', PLAIN],
  ['exec', { options: { flags: 'cl', values: 'a' } }],
]);

/** What runs commands in ways that are not looked into. */
export const OPAQUE: ReadonlySet<string> = new Set([
  ...['source', '.', 'enable', 'bind', 'complete', 'compgen', 'fc'],
  ...['parallel', 'at', 'batch', 'crontab', 'systemd-run', 'tmux', 'screen', 'script', 'expect'],
  ...[
    'su',
    'runuser',
    'unshare',
    'nsenter',
    'cross-env-shell',
    'rlwrap',
    'firejail',
    'bwrap',
    'setpriv',
    'prlimit',
    'chrt',
    'numactl',
    'capsh',
  ],
  ...[
    'ltrace',
    'setarch',
    'start-stop-daemon',
    'run-parts',
    'ssh-agent',
    'dbus-run-session',
    'xvfb-run',
    'fakeroot',
  ],
]);
