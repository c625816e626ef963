import { options } from './program-options.ts';
import { fullNames, type Suite, table, UNDECLARED, type Wrapper } from './program-types.ts';

/** Options of `uv run`, and of `uv tool run` (uvx). */
const UV_OPTIONS = `-qvnhVUp:w:P:i:f:C: quiet verbose no-cache offline no-config no-progress native-tls system-certs
  no-python-downloads managed-python no-managed-python help version preview no-preview isolated refresh upgrade
  reinstall no-env-file directory= project= config-file= color= cache-dir= python-preference= allow-insecure-host=
  preview-features= python= with= with-editable= with-requirements= env-file= index= default-index= index-url=
  extra-index-url= find-links= no-index index-strategy= keyring-provider= upgrade-package= reinstall-package=
  refresh-package= resolution= prerelease= fork-strategy= exclude-newer= exclude-newer-package= no-sources
  no-sources-package= config-setting= config-settings= config-settings-package= no-build-isolation
  no-build-isolation-package= link-mode= compile-bytecode no-build no-build-package= no-binary no-binary-package=
  python-platform= no-managed-python python-fetch= cache-dir= no-progress no-color no-python-downloads
  allow-python-downloads torch-backend= trusted-host= pre no-verify-hashes`;

const UV_RUN_OPTIONS = options(
  `${UV_OPTIONS} -ms module script gui-script no-inexact inexact no-frozen no-locked all-members show-resolution no-sync frozen locked active exact all-extras all-groups no-dev dev only-dev all-packages no-project
  no-editable no-default-groups extra= no-extra= group= no-group= only-group= package=`,
);

/** `uvx` is the same as `uv tool run`. */
export const UVX: Wrapper = {
  options: options(`${UV_OPTIONS} -c:b: from= constraints= build-constraints= overrides= torch-backend= lfs`),
};

/** A subcommand that starts a shell in an environment. */
const SHELL: Wrapper = { isOpaque: true };

/** The first word may name an environment: `hatch run test:pytest`. `+py=3.12` selects some. */
const HATCH_RUN: Wrapper = {
  options: options('-e:i:x:f: env= include= exclude= filter= force-continue ignore-compat'),
  skips: /^\+\w+=/,
  prefix: /^[\w.-]+:/,
};

/** In micromamba, -e sets a variable. conda does not know it. */
const CONDA_RUN: Wrapper = {
  options: options(
    `-vde:n:p:r:a: env= verbose dev debug-wrapper-scripts no-capture-output live-stream detach clean-env name= prefix=
    root-prefix= attach= cwd= label=`,
  ),
  variables: ['e', 'env'],
};

const PDM_RUN: Wrapper = { options: options('-sv site-packages verbose recreate venv=') };

/** From the manuals of uv, pipx, poetry, pipenv, pdm, hatch, rye, tox, conda and pixi. */
export const PYTHON_PROGRAMS: ReadonlyMap<string, Suite> = table<Suite>({
  uv: {
    ...UNDECLARED,
    options: options('directory= project='),
    subcommands: table<Wrapper | Suite>({
      run: { options: UV_RUN_OPTIONS },
      pip: UNDECLARED,
      tool: { ...UNDECLARED, subcommands: table({ run: UVX }) },
    }),
  },
  pipx: {
    ...UNDECLARED,
    subcommands: table({
      run: {
        options: options(
          `-vqei: verbose quiet no-cache pypackages path system-site-packages editable fetch-missing-python spec=
          python= pip-args= index-url= backend= with=`,
        ),
      },
    }),
  },
  poetry: {
    ...UNDECLARED,
    options: options('-C:P: directory= project='),
    subcommands: table({ run: {}, shell: SHELL }),
  },
  pipenv: {
    ...UNDECLARED,
    subcommands: table({
      run: { options: options('-qv quiet verbose system clear site-packages python= pypi-mirror=') },
      shell: SHELL,
    }),
  },
  pdm: {
    ...UNDECLARED,
    options: options('-p:c: project= config='),
    subcommands: table({ run: PDM_RUN }),
  },
  hatch: {
    ...UNDECLARED,
    options: options('-e:p: env= project= data-dir= cache-dir= config='),
    subcommands: table<Wrapper | Suite>({
      run: HATCH_RUN,
      shell: SHELL,
      env: { ...UNDECLARED, subcommands: table({ run: HATCH_RUN }) },
    }),
  },
  rye: {
    ...UNDECLARED,
    subcommands: table({ run: { options: options('-lvq list verbose quiet pyproject=') }, shell: SHELL }),
  },
  tox: {
    ...UNDECLARED,
    options: options('-c:e: conf= workdir= root='),
    subcommands: table({ 'exec e': { follows: /^--$/ } }),
  },
  'conda mamba micromamba': {
    ...UNDECLARED,
    subcommands: table({ run: CONDA_RUN }),
  },
  pixi: {
    ...UNDECLARED,
    names: fullNames('run=r'),
    subcommands: table<Wrapper>({
      run: {
        options: options(
          `-e:vq environment= manifest-path= color= frozen locked as-is no-install skip-deps clean-env no-progress
          verbose quiet`,
        ),
      },
      'exec x': {
        options: options('-s:c:w:vq spec= channel= with= platform= force-reinstall verbose quiet'),
      },
      'shell s': SHELL,
    }),
  },
});
