import { FLAG_VALUE, NPX_OPTIONS } from './npm-options.ts';
import { options } from './program-options.ts';
import { table, type Wrapper } from './program-types.ts';
import { UVX } from './python-programs.ts';
import { TRACING_PROGRAMS } from './tracing-programs.ts';

/**
 * From the manuals of coreutils, util-linux, findutils, procps, sudo, OpenBSD's doas, bash and npm. On macOS, the names
 * of GNU programs begin with g.
 */
const GENERAL_PROGRAMS = table<Wrapper>({
  'env genv': {
    options: options(
      `-i0vu:C:S: ignore-environment null debug default-signal ignore-signal block-signal
      unset= chdir= split-string=`,
      /^-$/,
    ),
    opaqueOptions: ['S', 'split-string'],
    hasAssignments: true,
  },
  'nohup gnohup chronic toybox builtin': {},
  setsid: { options: options('-cfw ctty fork wait') },
  'nice gnice': { options: options('-n: adjustment=', /^--?\d+$/) },
  ionice: { options: options('-tc:n: ignore class= classdata=') },
  taskset: { options: options('-ac all-tasks cpu-list'), operands: 1 },
  'timeout gtimeout': {
    options: {
      ...options('-vfpk:s: foreground preserve-status verbose kill-after= signal='),
      // A signal, a time, or `--`.
      values:
        /^(-.*|[+.]*\d.*|inf(inity)?|nan.*|(sig)?(hup|int|quit|ill|trap|abrt|iot|bus|emt|fpe|kill|usr[12]|segv|sys|pipe|alrm|term|stkflt|chld|cld|cont|stop|tstp|ttin|ttou|urg|xcpu|xfsz|vtalrm|prof|winch|io|poll|pwr|info|lost|exit|rt(min|max).*))$/i,
    },
    operands: 1,
  },
  'time gtime': { options: options('-pvaqlhf:o: portability verbose append quiet format= output=') },
  'stdbuf gstdbuf': { options: options('-i:o:e: input= output= error=') },
  unbuffer: { options: options('-p') },
  caffeinate: { options: options('-dimsut:w:') },
  'xargs gxargs': {
    options: options(
      `-0rtpxoa:d:E:I:L:n:P:s:J:R: null no-run-if-empty verbose interactive exit open-tty arg-file=
      delimiter= max-args= max-procs= max-chars= process-slot-var= show-limits`,
      // Their values are optional, and in the same word.
      /^(-[iel]\S*|--(replace|eof)(=.*)?|--max-lines(=\d+)?)$/,
    ),
    hasTail: true,
  },
  sudo: {
    // With -s and -i, sudo does not quote "$" for the shell (sudo(8)): the word '$x' would be expanded.
    options: options(
      `-AbEHknPSBNC:D:g:h:p:r:R:t:T:u:U: askpass background preserve-env set-home non-interactive
      user= group= chdir= host= prompt= command-timeout=`,
    ),
    hasAssignments: true,
    hasLateOptions: true,
    startsShell: true,
  },
  doas: { options: options('-nsLC:u:a:'), startsShell: true },
  pkexec: { options: options('user='), startsShell: true },
  'chroot gchroot': { options: options('skip-chdir userspec= groups='), operands: 1, startsShell: true },
  flock: {
    options: options(
      `-sxeunoFvw:E: shared exclusive unlock nonblock close no-fork verbose timeout= wait=
      conflict-exit-code=`,
    ),
    operands: 1,
  },
  watch: {
    options: options(
      `-bcdegptwxrn:q: beep color differences errexit chgexit precise no-title exec interval= equexit=`,
    ),
    shellReads: 'all',
    noShellWith: ['x', 'exec'],
  },
  strace: {
    options: options(
      `-fFqrtTvxyCciknwdDzZYe:o:s:a:p:P:E:S:u:O:I:b:X:U: follow-forks output-separately trace= trace-path= output=
      env= string-limit= attach= detach-on= user= columns= signal= status= abbrev= verbose= raw= read= write= inject=
      fault= summary-only summary summary-sort-by= summary-columns= summary-wall-clock summary-syscall-overhead=
      successful-only failed-only seccomp-bpf no-abbrev strings-in-hex instruction-pointer stack-traces
      syscall-number interruptible= const-print-style= output-append-mode debug syscall-limit=`,
      // Their values are optional, and in the same word.
      /^--(daemonize|quiet|silent|decode-fds|decode-pids|absolute-timestamps|relative-timestamps|syscall-times|timestamps|kill-on-exit)(=.*)?$/,
    ),
    pipes: ['o', 'output'],
    variables: ['E', 'env'],
  },
  busybox: { startsShell: true },
  'cross-env': { hasAssignments: true },
  // Without a command, it starts a shell, like `npm exec`.
  npx: { options: options(`${NPX_OPTIONS} -p:`, FLAG_VALUE), scripts: ['c', 'call'], startsShell: true },
  uvx: UVX,
  pnpx: { options: options('-s silent package=', FLAG_VALUE) },
  bunx: { options: options('bun') },
  exec: { options: options('-cla:') },
  // The shell reads only one word.
  sg: { options: options('', /^-l?$/), operands: 1, shellReads: 'first', startsShell: true },
  'nix-shell': { risky: { scripts: ['run', 'command'] }, startsShell: true },
  // `dotenv -f .env run x` of Python, and `dotenv -e .env -- x` of npm.
  dotenv: {
    options: options('-oe:f:q:c:p:v: file= quote= export= [no-]override quiet debug version help'),
    skips: /^(run|--(no-)?override|--)$/,
  },
  entr: { options: options('-acdnprsxz'), shellReadsWith: ['s'] },
  'eatmydata torsocks catchsegv': {},
  'xvfb-run': {
    options: options(
      `-ale:f:n:p:s:w: auto-servernum listen-tcp error-file= auth-file= server-num= xauth-protocol= server-args=
      wait=`,
    ),
  },
  // Not declared: options that name the server or the library.
  'fakeroot fakeroot-tcp fakeroot-sysv': {
    options: options('-us:i:b:v unknown-is-real save-file= load-file='),
    startsShell: true,
  },
  sshpass: { options: options('-p:f:d:P:evhV') },
  // `rvm 3.3 do x`
  rvm: { follows: /^do$/ },
  numactl: {
    options: options(
      `-alsHbi:p:P:N:C:m:w: all localalloc show hardware balancing interleave= preferred= preferred-many=
      cpunodebind= physcpubind= membind= weighted-interleave=`,
    ),
  },
  'proxychains proxychains4': { options: options('-qf:') },
});

/** Programs that run the command in their arguments. */
export const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map([...GENERAL_PROGRAMS, ...TRACING_PROGRAMS]);

/** Programs and builtins that run commands in ways that the policy cannot check. */
export const OPAQUE_PROGRAMS: ReadonlySet<string> = new Set(
  `source . sem coreutils gcoreutils enable bind complete compgen fc parallel at batch crontab systemd-run tmux screen script expect su
  runuser unshare nsenter cross-env-shell newgrp login rlwrap firejail bwrap setpriv prlimit chrt capsh ltrace
  start-stop-daemon run-parts ssh-agent dbus-run-session`.split(/\s+/),
);
