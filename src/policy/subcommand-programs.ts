import { ENVIRONMENT_PROGRAMS } from './environment-programs.ts';
import { GIT } from './git-program.ts';
import { JAVASCRIPT_PROGRAMS } from './javascript-programs.ts';
import { options } from './program-options.ts';
import { fullNames, type Suite, table, UNDECLARED } from './program-types.ts';
import { PYTHON_PROGRAMS } from './python-programs.ts';
import { PERF } from './tracing-programs.ts';

function groups(names: string): Suite {
  return { ...UNDECLARED, subcommands: table({ [names]: UNDECLARED }) };
}

/** -j and -l are not declared: they take a value only if it is a number. */
const MAKE_OPTIONS = `-bBdehikmnpqrRsStvwC:I:o:W: always-make environment-overrides ignore-errors keep-going
  no-keep-going just-print dry-run recon question no-builtin-rules no-builtin-variables silent quiet no-silent stop
  touch trace print-directory no-print-directory warn-undefined-variables directory= include-dir= old-file=
  assume-old= new-file= assume-new= what-if=`;

/** A makefile may be on disk, which is not checked, but not in the command line or the input (`-C /dev -f stdin`). */
const MAKE: Suite = {
  ...UNDECLARED,
  options: options(`${MAKE_OPTIONS} -f:E: file= makefile= eval=`),
  risky: {
    programs: ['E', 'eval'],
    settings: {
      names: ['f', 'file', 'makefile'],
      harmless: /^(?!-$|\/+(dev|proc)\/|(.*\/)?(stdin|tty|\d+)$)/,
    },
    harmless: options(MAKE_OPTIONS),
  },
  targets: 'all',
};

/** Programs whose first operand names what they do. */
export const SUITES: ReadonlyMap<string, Suite> = new Map([
  ...JAVASCRIPT_PROGRAMS,
  ...PYTHON_PROGRAMS,
  ...ENVIRONMENT_PROGRAMS,
  ...table<Suite>({
    git: GIT,
    perf: PERF,
    'bundle bundler': { ...UNDECLARED, names: fullNames('exec=exe,ex,e'), subcommands: table({ exec: {} }) },
    rustup: { ...UNDECLARED, subcommands: table({ run: { options: options('install'), operands: 1 } }) },
    'make gmake': MAKE,
    'ant gradle gradlew grunt gulp mvn mvnw ninja rake': { ...UNDECLARED, targets: 'all' },
    just: {
      ...UNDECLARED,
      targets: 'some',
      risky: { scripts: ['c', 'command'], harmless: options('-f:d:E:s:') },
    },
    cargo: { ...UNDECLARED, names: fullNames('build=b check=c doc=d run=r test=t remove=rm') },
    'docker podman nerdctl': groups(
      'builder buildx compose config container context image manifest network plugin service stack swarm volume',
    ),
    'kubectl oc': groups('apply auth certificate config create rollout set top'),
    helm: { ...groups('plugin registry repo'), names: fullNames('uninstall=un,del,delete list=ls') },
    'terraform tofu': groups('state workspace'),
    gh: groups('auth gist issue pr release repo run secret variable workflow'),
    'brew snap flatpak': { ...UNDECLARED, names: fullNames('uninstall=remove,rm list=ls') },
    [`adb apt apt-get argocd aws az bazel cdk consul dnf docker-compose dotnet eas etcdctl fly
  flyctl firebase flux gcloud gem glab gsutil hg heroku meson minikube netlify
  nomad nx pacman pip pip3 pulumi redis-cli serverless skaffold sls supabase svn systemctl terragrunt turbo
  twine vagrant vault vercel virsh wrangler yum zypper
  java node nodejs perl php python python2 python3 ruby ts-node tsx`.replace(/\s+/g, ' ')]: UNDECLARED,
  }),
]);
