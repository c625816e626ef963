import { options } from './program-options.ts';
import { type Suite, table, UNDECLARED, type Wrapper } from './program-types.ts';

/** The command follows `--`. */
const AFTER_DASHES: Wrapper = { follows: /^--$/ };

/** A text for a shell, or words behind `--`. */
const MISE_EXEC: Wrapper = { ...AFTER_DASHES, risky: { scripts: ['c', 'command'] } };

const NIX_SHELL: Wrapper = { follows: /^(-c|--command)$/, startsShell: true };

function withExec(exec: Wrapper): Suite {
  return { ...UNDECLARED, subcommands: table({ exec }) };
}

function withRun(run: Wrapper): Suite {
  return { ...UNDECLARED, subcommands: table({ run }) };
}

/** Programs that run a command with another version of a language, with other variables, or with secrets. */
export const ENVIRONMENT_PROGRAMS: ReadonlyMap<string, Suite> = table<Suite>({
  'pyenv rbenv nodenv goenv jenv plenv phpenv luaenv carton': withExec({}),
  asdf: { ...UNDECLARED, subcommands: table<Wrapper>({ exec: {}, env: { operands: 1 } }) },
  opam: withExec({ options: options('-yqv switch= root= color= set-switch set-root yes no quiet verbose') }),
  stack: withExec({
    options: options(
      `-v verbose package= cwd= resolver= snapshot= stack-yaml= color= verbosity= rts-options= [no-]ghc-package-path
      [no-]stack-exe [no-]keep-locale-charset silent plain`,
    ),
  }),
  cabal: withExec({
    options: options(
      '-w:v verbose builddir= project-file= project-dir= with-compiler= enable-nix disable-nix',
    ),
  }),
  composer: withExec({
    options: options(
      '-qnvld: quiet no-interaction verbose list working-dir= ansi no-ansi profile no-plugins no-scripts no-cache',
    ),
  }),
  mix: {
    ...UNDECLARED,
    subcommands: table<Wrapper>({ cmd: { options: options('app= cd= shell'), shellReads: 'all' } }),
  },
  fnm: withExec({ options: options('using= using-file') }),
  n: { ...UNDECLARED, subcommands: table<Wrapper>({ exec: { operands: 1 } }) },
  volta: withRun({
    options: options('node= npm= yarn= pnpm= env= bundled-npm no-yarn no-pnpm quiet verbose'),
  }),
  'mise rtx': { ...UNDECLARED, subcommands: table({ 'exec x': MISE_EXEC }) },
  corepack: {
    ...UNDECLARED,
    hasVersions: true,
    subcommands: table<Wrapper>({
      npm: { runsAs: 'npm' },
      npx: { runsAs: 'npx' },
      pnpm: { runsAs: 'pnpm' },
      pnpx: { runsAs: 'pnpx' },
      yarn: { runsAs: 'yarn' },
    }),
  },
  direnv: withExec({ operands: 1 }),
  'dotenvx varlock chamber teller': {
    ...UNDECLARED,
    subcommands: table({ 'run exec': AFTER_DASHES }),
  },
  op: {
    ...UNDECLARED,
    subcommands: table<Wrapper | Suite>({ run: AFTER_DASHES, plugin: withRun(AFTER_DASHES) }),
  },
  doppler: withRun({
    options: options(
      `-p:c:t: project= config= token= command= scope= config-dir= configuration= api-host= dashboard-host= attempts=
      timeout= fallback= passphrase= mount= mount-format= mount-max-reads= mount-template= name-transformer=
      only-secrets= dynamic-secrets-ttl= fallback-only fallback-readonly forward-signals no-cache no-fallback
      no-exit-on-write-failure preserve-env watch debug json silent no-check-version no-read-env no-timeout
      no-verify-tls print-config`,
    ),
    scripts: ['command'],
  }),
  infisical: withRun({
    options: options(
      `-c:e:p:t: command= env= path= projectId= token= tags= domain= log-level= watch-interval= project-config-dir=
      watch secret-overriding include-imports recursive expand silent`,
    ),
    scripts: ['c', 'command'],
  }),
  'aws-vault': withExec({
    options: options(
      `-nsjd:t: no-session server ec2-server ecs-server json lazy stdout debug duration= region= mfa-token= prompt=
      backend=`,
    ),
    operands: 1,
    hasLateOptions: true,
    startsShell: true,
  }),
  sops: {
    ...UNDECLARED,
    subcommands: table<Wrapper>({
      'exec-env exec-file': {
        options: options('background pristine same-process no-fifo user= filename='),
        operands: 1,
        shellReads: 'first',
      },
    }),
  },
  nix: { ...UNDECLARED, subcommands: table({ 'develop shell': NIX_SHELL }) },
  guix: {
    ...UNDECLARED,
    subcommands: table({ 'shell environment': { ...AFTER_DASHES, startsShell: true } }),
  },
  'devbox devenv': { ...UNDECLARED, subcommands: table({ shell: { isOpaque: true } }) },
  lerna: withExec({
    options: options(
      `[no-]bail [no-]prefix [no-]sort [no-]private parallel stream profile since include-dependents
      include-dependencies reject-cycles scope= ignore= concurrency= loglevel=`,
    ),
    shellReads: 'all',
  }),
});
