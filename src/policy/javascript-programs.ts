import { FLAG_VALUE, NPM_GLOBAL_OPTIONS, NPX_OPTIONS } from './npm-options.ts';
import { options } from './program-options.ts';
import {
  fullNames,
  type RiskyOptions,
  type Suite,
  table,
  UNDECLARED,
  type Wrapper,
} from './program-types.ts';

const NPM_OPTIONS = options(`${NPM_GLOBAL_OPTIONS} -p`, FLAG_VALUE);

/** Settings of npm that name a program or a file with settings. npm reads options anywhere before `--`. */
const NPM_RISKY: RiskyOptions = {
  programs:
    `script-shell shell node-options node-gyp git editor viewer browser userconfig globalconfig init-module
    init.module onload-script python`.split(/\s+/),
  hasOneDash: true,
  harmless: NPM_OPTIONS,
};

/** From lib/utils/cmd-list.js of npm 6 to 11. */
const NPM_NAMES = fullNames(
  `access adduser=add-user approve-scripts audit bugs=issues cache ci=clean-install,ic,install-clean,isntall-clean
  completion config=c dedupe=ddp deny-scripts deprecate diff dist-tag=dist-tags docs=home doctor edit exec=x
  explain=why explore find-dupes fund get help=hlep help-search hook init=create,innit
  install=add,i,in,ins,inst,insta,instal,isnt,isnta,isntal,isntall install-ci-test=cit,clean-install-test,sit
  install-scripts install-test=it link=ln ll=la login logout ls=list org=ogr outdated owner=author pack ping pkg
  prefix profile prune publish query rebuild=rb repo restart root run=run-script,rum,urn sbom search=s,se,find set
  set-script shrinkwrap stage star stars start stop team test=t,tst token trust undeprecate
  uninstall=unlink,remove,rm,r,un unpublish unstar update=u,up,upgrade,udpate version=verison view=v,info,show
  whoami`,
);

/** `--config.name=value` sets any setting. The options behind the name of a script are arguments of the script. */
const PNPM_INSTALL: Wrapper = {
  risky: {
    programs: `script-shell node-options userconfig globalconfig npm-path pnpmfile global-pnpmfile
      config.script-shell config.scriptShell config.node-options config.nodeOptions`.split(/\s+/),
  },
};

/** FLAG_VALUE, and options of which the command decides whether the next word is their value. */
const PNPM_AMBIGUOUS = /^(true|false|null|always|--(workspace-concurrency|resume-from|store-dir|registry))$/;

const PNPM_OPTIONS = options(
  `-rwshvgDEOPC:F: recursive workspace-root silent stream aggregate-output parallel sequential use-stderr version
  help reverse fail-if-no-match json global prod dev yes [no-]bail [no-]color [no-]sort [no-]if-present
  [no-]ignore-scripts [no-]offline [no-]prefer-offline [no-]frozen-lockfile [no-]include-workspace-root
  [no-]ignore-workspace [no-]report-summary [no-]optional workspace-concurrency resume-from store-dir registry
  dir= prefix= filter= filter-prod= loglevel= reporter= test-pattern= changed-files-ignore-pattern=`,
  PNPM_AMBIGUOUS,
);

const PNPM_EXEC: Wrapper = {
  options: options(
    `-crwC:F: shell-mode recursive silent parallel workspace-root reverse report-summary no-bail no-sort
    no-reporter-hide-prefix dir= filter= filter-prod= workspace-concurrency= resume-from=`,
    FLAG_VALUE,
  ),
  shellReadsWith: ['c', 'shell-mode'],
};

/** Without --production and similar options: it depends on the version whether the next word is their value. */
const YARN_OPTIONS = options(
  `-svhf silent verbose version help offline prefer-offline json non-interactive force frozen-lockfile immutable
  no-progress no-lockfile pure-lockfile check-files flat ignore-scripts ignore-engines ignore-platform
  ignore-optional no-bin-links cwd= mutex= modules-folder= cache-folder= registry= network-timeout= proxy=`,
);

const YARN_FOREACH: Wrapper = {
  options: options(
    `-ARWpvitnj: all recursive worktree parallel verbose interlaced topological dry-run since topological-dev
    no-private from= include= exclude= jobs=`,
  ),
  runsAs: 'yarn',
};

/** Package managers and runtimes for JavaScript, from their help. */
export const JAVASCRIPT_PROGRAMS: ReadonlyMap<string, Suite> = table<Suite>({
  npm: {
    options: NPM_OPTIONS,
    names: NPM_NAMES,
    hasAbbreviations: true,
    risky: NPM_RISKY,
    subcommands: table<Wrapper | Suite>({
      // -p is --package for npx, and --parseable for npm exec.
      exec: { options: options(`${NPX_OPTIONS} -p`, FLAG_VALUE), scripts: ['c', 'call'], startsShell: true },
      // npm has a script `env` of its own, which runs the words that follow.
      run: { options: NPM_OPTIONS, subcommands: table({ env: { runsAs: 'env' } }) },
      explore: { isOpaque: true },
      'access cache config dist-tag org owner pkg profile team token': UNDECLARED,
    }),
  },
  pnpm: {
    options: PNPM_OPTIONS,
    names: fullNames(
      `ci=clean-install,ic,install-clean config=c install=i install-test=it link=ln list=ls ll=la rebuild=rb
      recursive=multi,m remove=uninstall,rm,un,uni run=run-script test=t,tst unlink=dislink update=up,upgrade`,
    ),
    subcommands: table<Wrapper | Suite>({
      exec: PNPM_EXEC,
      dlx: { options: options('-s silent package=', FLAG_VALUE) },
      recursive: { options: PNPM_OPTIONS, runsAs: 'pnpm' },
      'run config store': UNDECLARED,
      'add ci install install-test rebuild remove update': PNPM_INSTALL,
    }),
  },
  'yarn yarnpkg': {
    options: YARN_OPTIONS,
    hasFolder: true,
    names: fullNames('upgrade-interactive=upgradeInteractive'),
    subcommands: table<Wrapper | Suite>({
      exec: { shellReads: 'first' },
      dlx: { options: options('-qp: package=') },
      'run cache config npm': UNDECLARED,
      workspace: { operands: 1, runsAs: 'yarn' },
      workspaces: { subcommands: table({ foreach: YARN_FOREACH }) },
    }),
  },
  bun: {
    ...UNDECLARED,
    options: options('cwd='),
    names: fullNames('add=a create=c install=i remove=rm'),
    subcommands: table<Wrapper | Suite>({
      x: { options: options('bun silent verbose no-install package=') },
      exec: { shellReads: 'all' },
      'run pm': UNDECLARED,
    }),
  },
  deno: { ...UNDECLARED, subcommands: table({ task: { risky: { scripts: ['eval'], isStrict: true } } }) },
});
