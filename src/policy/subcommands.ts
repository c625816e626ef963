import { GIT } from './git-commands.ts';
import { names, type OptionSpec } from './program-options.ts';
import { JAVASCRIPT } from './package-runners.ts';
import { named, type Program } from './program-table.ts';
import { PLAIN, type Wrapper } from './wrapper-programs.ts';

const UV: OptionSpec = {
  flags: 'qvnhV',
  long: names(
    'quiet verbose no-cache offline no-config no-progress native-tls system-certs no-python-downloads',
    'managed-python no-managed-python help version preview no-preview',
  ),
  longValues: names(
    'directory project config-file color cache-dir python-preference allow-insecure-host',
    'preview-features',
  ),
};

const UV_RUN: Wrapper = {
  options: {
    ...UV,
    values: 'pw',
    long: [
      ...(UV.long ?? []),
      ...names(
        'no-sync frozen locked isolated active exact all-extras all-groups no-dev dev only-dev',
        'all-packages no-project no-env-file no-editable refresh upgrade no-default-groups reinstall',
      ),
    ],
    longValues: [
      ...(UV.longValues ?? []),
      ...names(
        'python with with-editable with-requirements extra no-extra group no-group only-group package',
        'env-file index default-index index-url extra-index-url',
      ),
    ],
  },
};

const POETRY: OptionSpec = {
  flags: 'qvnhV',
  values: 'CP',
  long: names('quiet verbose no-interaction ansi no-ansi no-plugins no-cache help version'),
  longValues: ['directory', 'project'],
};

const PIPENV: OptionSpec = {
  flags: 'qvh',
  long: names(
    'quiet verbose where venv py envs rm bare man support site-packages no-site-packages clear',
    'version help',
  ),
  longValues: ['python', 'pypi-mirror'],
};

const PDM: OptionSpec = {
  flags: 'qvnIVh',
  values: 'c',
  long: names('quiet verbose non-interactive ignore-python no-cache version help'),
  longValues: ['config'],
};

const BUNDLE: OptionSpec = {
  flags: 'Vvh',
  values: 'r',
  long: names('no-color verbose no-verbose version help'),
  longValues: ['retry'],
};

const RUSTUP: OptionSpec = { flags: 'vqhV', long: names('verbose quiet help version'), other: /^\+/ };

const BUNDLE_PROGRAM: Program = { options: BUNDLE, commands: named(['exec exe ex e', PLAIN]) };

/** From the help of each. */
export const PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ...JAVASCRIPT,
  ['git', GIT],
  ['uv', { options: UV, commands: named(['run', UV_RUN]) }],
  ['poetry', { options: POETRY, commands: named(['run', PLAIN]) }],
  ['pipenv', { options: PIPENV, commands: named(['run', PLAIN]) }],
  ['pdm', { options: PDM, commands: named(['run', PLAIN]) }],
  ['bundle', BUNDLE_PROGRAM],
  ['bundler', BUNDLE_PROGRAM],
  ['rustup', { options: RUSTUP, commands: named(['run', { options: { long: ['install'] }, operands: 1 }]) }],
]);
