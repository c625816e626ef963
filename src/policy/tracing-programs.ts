import { options } from './program-options.ts';
import { type Suite, table, UNDECLARED, type Wrapper } from './program-types.ts';

/** Options that `perf stat`, `perf record` and `perf trace` share. */
const PERF_OPTIONS = `-aivqC:e:F:G:o:p:t:D:u: event= filter= pid= tid= uid= output= delay= cgroup= cpu= freq= count=
  clockid= verbose quiet all-cpus no-inherit all-kernel all-user timestamp control= mmap-pages= duration= max-stack=
  call-graph= append`;

/** `perf stat record x` and `perf trace record x` run x. The beginning of the word is enough. */
const RECORD = /^rec(o|or|ord)?$/;

/** A profile of the whole program. `perf record -g` has no value. */
const PERF_STAT: Wrapper = {
  options: options(
    `${PERF_OPTIONS} -b:cgTndBSAHjr:x:I:M: bpf-prog= scale null detailed big-num sync no-aggr no-scale no-merge metric-only
    per-socket per-core per-thread per-node per-die per-cache smi-cost topdown quiet json log-fd= pre= post= repeat=
    field-separator= interval-print= interval-count= interval-clear timeout= metrics= td-level= transaction`,
    RECORD,
  ),
  skips: RECORD,
  // Commands before and after each run.
  scripts: ['pre', 'post'],
  hasScriptsBeside: true,
};

const PERF_RECORD: Wrapper = {
  options: options(
    `${PERF_OPTIONS} -RgsdTPnNBbWc:m:r:j:k: raw-samples stat data phys-data period no-samples no-buildid
    no-buildid-cache branch-any weight transaction per-thread running-time switch-events kernel-callchains
    user-callchains buildid-all buildid-mmap timestamp-filename timestamp-boundary switch-output dry-run
    tail-synthesize overwrite no-bpf-event strict-freq intr-regs user-regs realtime= branch-filter= clang-path=
    clang-opt= vmlinux= switch-max-files= switch-output-event= num-thread-synthesize= synth= affinity= max-size= aio`,
    // Their values are optional, and in the same word.
    /^-[ISz]\S*$/,
  ),
};

const PERF_TRACE: Wrapper = {
  options: options(
    `${PERF_OPTIONS} -sSfm: summary with-summary syscalls force pf= sort-events expr= min-stack=`,
    RECORD,
  ),
  skips: RECORD,
};

/** Options of setarch(8) and of its other names. */
const ARCHITECTURE: Wrapper = {
  options: options(
    `-vBFILRSTXZ3 verbose 32bit fdpic-funcptrs short-inode addr-compat-layout addr-no-randomize whole-seconds
    sticky-timeouts read-implies-exec mmap-page-zero 3gb 4gb uname-2.6`,
  ),
  startsShell: true,
};

/** Programs that observe another one, or that run it for another kind of machine. */
export const TRACING_PROGRAMS: ReadonlyMap<string, Wrapper> = table<Wrapper>({
  // A value is always in the same word.
  valgrind: { options: options('-hdqv', /^--[\w-]+(=.*)?$/s) },
  heaptrack: {
    options: options('-dro:p:a: debug raw record-only asan use-inject output= pid= analyze='),
  },
  'linux32 linux64 uname26 i386 i486 i586 i686 x86_64 ppc ppc32 ppc64 ppc64le s390 s390x sparc32 sparc64 mips32 mips64 armv7l aarch64':
    ARCHITECTURE,
  // The name of the architecture comes first, and its options follow.
  setarch: {
    options: ARCHITECTURE.options!,
    skips:
      /^(linux(32|64)|uname26|i[3-6]86|x86_64|athlon|(ppc|s390|sparc|mips|arm|aarch|riscv|parisc|alpha|ia64)\w*)$/,
    runsAs: 'x86_64',
    startsShell: true,
  },
  // Alone, it prints the architecture. On macOS, it runs a program.
  arch: {
    options: options('-chd:e: help version', /^-(32|64|x86_64h?|arm64e?|i386|ppc(64)?)$/),
    variables: ['e'],
  },
});

const PERF_FTRACE: Wrapper = {
  options: options(
    `-p:t:aC:m:D:T:N:G:g:F:v:S:bn pid= tid= all-cpus cpu= buffer-size= delay= trace-funcs= notrace-funcs= graph-funcs=
    nograph-funcs= tracer= verbose= func-opts= graph-opts= use-nsec use-bpf inherit`,
    /^(trace|latency|profile)$/,
  ),
};

export const PERF: Suite = {
  ...UNDECLARED,
  subcommands: table<Wrapper | Suite>({
    stat: PERF_STAT,
    record: PERF_RECORD,
    trace: PERF_TRACE,
    ftrace: PERF_FTRACE,
    kvm: {
      ...UNDECLARED,
      subcommands: table<Wrapper | Suite>({
        'record recor reco rec': PERF_RECORD,
        stat: { ...UNDECLARED, subcommands: table({ 'record recor reco rec': PERF_RECORD }) },
      }),
    },
    // A script may come first.
    script: { ...UNDECLARED, subcommands: table({ 'record recor reco rec': { isOpaque: true } }) },
    'mem c2c sched lock kmem kwork timechart': {
      ...UNDECLARED,
      subcommands: table<Wrapper>({ 'record recor reco rec': PERF_RECORD }),
    },
  }),
};
