import { names } from './program-options.ts';
import { named, type Program } from './program-table.ts';
import { PLAIN, type Wrapper } from './wrapper-programs.ts';

/** Settings that name no program, and values of others that name none. From git-config(1). */
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

/** git-rebase(1), also of older versions. */
const REBASE: Wrapper = {
  options: {
    flags: 'ivqnfkmrph',
    values: 'sXxC',
    long: names(
      'continue abort skip quit edit-todo show-current-patch interactive merge apply verbose quiet',
      'verify no-verify stat no-stat root keep-base no-keep-base ff no-ff force-rebase fork-point',
      'no-fork-point keep-empty no-keep-empty signoff no-signoff autosquash no-autosquash autostash',
      'no-autostash rebase-merges help no-rebase-merges preserve-merges update-refs no-update-refs',
      'reset-author-date ignore-date committer-date-is-author-date ignore-whitespace rerere-autoupdate',
      'gpg-sign no-rerere-autoupdate no-gpg-sign reapply-cherry-picks no-reapply-cherry-picks',
      'reschedule-failed-exec no-reschedule-failed-exec allow-empty-message',
    ),
    longValues: names('exec onto strategy strategy-option whitespace empty trailer'),
    other: /^-S.*$/,
  },
  isScattered: true,
  texts: ['x', 'exec'],
  onlyTexts: true,
};

const DIFFTOOL: Wrapper = {
  options: {
    flags: 'ygdh',
    values: 'tx',
    long: names(
      'prompt no-prompt gui no-gui dir-diff symlinks no-symlinks tool-help cached trust-exit-code',
      'no-trust-exit-code no-index index staged merge-base help',
    ),
    longValues: ['tool', 'extcmd'],
  },
  isScattered: true,
  texts: ['x', 'extcmd'],
  onlyTexts: true,
};

const FILTERS = names(
  'setup env-filter tree-filter index-filter parent-filter msg-filter commit-filter tag-name-filter',
);

const FILTER_BRANCH: Wrapper = {
  options: {
    flags: 'f',
    values: 'd',
    long: ['force', 'prune-empty', 'remap-to-ancestor'],
    longValues: [...FILTERS, ...names('subdirectory-filter original state-branch')],
  },
  texts: FILTERS,
  onlyTexts: true,
};

const FOREACH: Wrapper = {
  options: { flags: 'q', long: ['recursive', 'quiet'] },
  textOf: 'first',
};

/** Programs can also be named by options that are missing here: --exec-path and --config-env. */
export const GIT: Program = {
  options: {
    flags: 'pPhv',
    values: 'cC',
    long: names(
      'paginate no-pager no-replace-objects no-optional-locks no-lazy-fetch no-advice bare',
      'literal-pathspecs glob-pathspecs noglob-pathspecs icase-pathspecs version help html-path',
      'man-path info-path list-cmds',
    ),
    longValues: names('git-dir work-tree namespace attr-source'),
  },
  settings: { option: 'c', harmless: HARMLESS_SETTING },
  commands: named(
    ['bisect', { commands: named(['run', PLAIN]) }],
    [
      'submodule',
      { options: { flags: 'q', long: ['quiet', 'cached'] }, commands: named(['foreach', FOREACH]) },
    ],
    ['rebase', REBASE],
    ['difftool', DIFFTOOL],
    ['filter-branch', FILTER_BRANCH],
    ['remote-ext', { isOpaque: true }],
  ),
};
