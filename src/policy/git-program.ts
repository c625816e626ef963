import { options } from './program-options.ts';
import { fullNames, type Suite, table, UNDECLARED, type Wrapper } from './program-types.ts';

/** Settings that do not name a program, and values with which others do not (git-config(1)). */
const HARMLESS_SETTING = new RegExp(
  `^(${[
    'core\\.(quotepath|autocrlf|eol|abbrev|filemode|longpaths|symlinks|ignorecase|whitespace|safecrlf)=[^!]*',
    '(user\\.(name|email)|(color|advice|diff\\.color)\\.[\\w.]+|init\\.defaultbranch|safe\\.directory)=[^!]*',
    '(diff\\.(algorithm|renames|noprefix|context)|log\\.(date|decorate)|push\\.default|pull\\.(rebase|ff))=[\\w-]*',
    '(merge\\.(ff|conflictstyle)|rebase\\.(autostash|autosquash)|fetch\\.(prune|parallel)|gc\\.auto)=\\w*',
    '(protocol\\.version|http\\.(version|postbuffer|sslverify|lowspeed\\w+)|submodule\\.recurse)=[\\w./]*',
    '(commit|tag)\\.gpgsign=false',
    '(core\\.pager|pager\\.[\\w-]+)=(cat|false)?',
    'core\\.fsmonitor=false',
    'core\\.hookspath=/dev/null',
  ].join('|')})$`,
  'i',
);

/** Not declared, as they can name programs: --exec-path and --config-env. */
export const GIT: Suite = {
  options: options(
    `-pPhvc:C: paginate no-pager no-replace-objects no-optional-locks no-lazy-fetch no-advice bare
    literal-pathspecs glob-pathspecs noglob-pathspecs icase-pathspecs version help html-path man-path info-path
    list-cmds git-dir= work-tree= namespace= attr-source=`,
  ),
  settings: { option: 'c', harmless: HARMLESS_SETTING },
  names: fullNames('add=stage init=init-db fsck=fsck-objects'),
  subcommands: table<Wrapper | Suite>({
    bisect: { subcommands: table({ run: {} }) },
    submodule: {
      options: options('-q quiet cached'),
      subcommands: table({ foreach: { options: options('-q recursive quiet'), shellReads: 'first' } }),
    },
    remote: { ...UNDECLARED, names: fullNames('remove=rm') },
    notes: UNDECLARED,
    rebase: { risky: { scripts: ['x', 'exec'], isStrict: true } },
    difftool: { risky: { scripts: ['x', 'extcmd'], isStrict: true } },
    clone: {
      risky: {
        scripts: ['u', 'upload-pack'],
        settings: { names: ['c', 'config'], harmless: HARMLESS_SETTING },
        // Its hooks run.
        programs: ['template'],
      },
    },
    init: { risky: { programs: ['template'] } },
    'fetch pull ls-remote fetch-pack': { risky: { scripts: ['upload-pack', 'exec'] } },
    'push send-pack': { risky: { scripts: ['receive-pack', 'exec'] } },
    archive: { risky: { scripts: ['exec'] } },
    grep: { risky: { programs: ['O', 'open-files-in-pager'] } },
    'send-email': { risky: { scripts: ['sendmail-cmd', 'to-cmd', 'cc-cmd', 'header-cmd'] } },
    'for-each-repo': { options: options('config= keep-going'), runsAs: 'git' },
    'filter-branch': {
      risky: {
        scripts: `setup env-filter tree-filter index-filter parent-filter msg-filter commit-filter
          tag-name-filter`.split(/\s+/),
        isStrict: true,
      },
    },
    'remote-ext': { isOpaque: true },
  }),
};
