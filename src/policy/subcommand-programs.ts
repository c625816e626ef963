import { GIT } from './git-program.ts';
import { JAVASCRIPT_PROGRAMS } from './javascript-programs.ts';
import { options } from './program-options.ts';
import { fullNames, type Suite, table, UNDECLARED, type Wrapper } from './program-types.ts';

const UV_RUN_OPTIONS = options(
  `-qvnhVp:w: quiet verbose no-cache offline no-config no-progress native-tls system-certs no-python-downloads
  managed-python no-managed-python help version preview no-preview no-sync frozen locked isolated active exact
  all-extras all-groups no-dev dev only-dev all-packages no-project no-env-file no-editable refresh upgrade
  no-default-groups reinstall directory= project= config-file= color= cache-dir= python-preference=
  allow-insecure-host= preview-features= python= with= with-editable= with-requirements= extra= no-extra= group=
  no-group= only-group= package= env-file= index= default-index= index-url= extra-index-url=`,
);

function groups(names: string): Suite {
  return { ...UNDECLARED, subcommands: table({ [names]: UNDECLARED }) };
}

/** -j and -l are not declared: they take a value only if it is a number. */
const MAKE: Suite = {
  ...UNDECLARED,
  options: options(
    `-bBdehikmnpqrRsStvwC:f:I:o:W:E: always-make environment-overrides ignore-errors keep-going no-keep-going just-print
    dry-run recon question no-builtin-rules no-builtin-variables silent quiet no-silent stop touch trace
    print-directory no-print-directory warn-undefined-variables directory= file= makefile= include-dir= old-file=
    assume-old= new-file= assume-new= what-if= eval=`,
  ),
  targets: 'all',
};

/** Programs whose first operand names what they do. */
export const SUITES: ReadonlyMap<string, Suite> = new Map([
  ...JAVASCRIPT_PROGRAMS,
  ...table<Suite>({
    git: GIT,
    uv: {
      ...UNDECLARED,
      options: options('directory= project='),
      subcommands: table<Wrapper | Suite>({ run: { options: UV_RUN_OPTIONS }, pip: UNDECLARED }),
    },
    'poetry pipenv pdm': {
      ...UNDECLARED,
      options: options('-C:P: directory= project='),
      subcommands: table({ run: {} }),
    },
    'bundle bundler': { ...UNDECLARED, names: fullNames('exec=exe,ex,e'), subcommands: table({ exec: {} }) },
    rustup: { ...UNDECLARED, subcommands: table({ run: { options: options('install'), operands: 1 } }) },
    'make gmake': MAKE,
    'ant gradle gradlew grunt gulp mvn mvnw ninja rake': { ...UNDECLARED, targets: 'all' },
    just: { ...UNDECLARED, targets: 'some' },
    cargo: { ...UNDECLARED, names: fullNames('build=b check=c doc=d run=r test=t remove=rm') },
    'docker podman nerdctl': groups(
      'builder buildx compose config container context image manifest network plugin service stack swarm volume',
    ),
    'kubectl oc': groups('apply auth certificate config create rollout set top'),
    helm: { ...groups('plugin registry repo'), names: fullNames('uninstall=un,del,delete list=ls') },
    'terraform tofu': groups('state workspace'),
    gh: groups('auth gist issue pr release repo run secret variable workflow'),
    'brew snap flatpak': { ...UNDECLARED, names: fullNames('uninstall=remove,rm list=ls') },
    [`adb apt apt-get argocd asdf aws az bazel cdk composer conda consul dnf docker-compose dotnet eas etcdctl fly
  flyctl firebase flux gcloud gem glab gsutil hg heroku lerna mamba meson micromamba minikube mise mix netlify nix
  nomad nx pacman pip pip3 pipx pulumi redis-cli serverless skaffold sls supabase svn systemctl terragrunt turbo
  twine vagrant vault vercel virsh wrangler yum zypper
  java node nodejs perl php python python2 python3 ruby ts-node tsx`.replace(/\s+/g, ' ')]: UNDECLARED,
  }),
]);
