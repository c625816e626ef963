import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { ask } from './probe.ts';

test('matches each simple command from its first word', () => {
  const allowed = ['^cd x$', '^npm run dev$', '^tee log$'];
  assert.equal(ask('cd x && FOO=1 npm run dev 2>&1 | tee log', { allowed }), undefined);
  assert.equal(ask('cd x; "npm" run \\\n dev > out', { allowed }), undefined);
  assert.match(ask('cd x && npm run dev && npm run build', { allowed }) ?? '', /refuses "npm run build"/);
});

test('searches patterns anywhere and ignores case', () => {
  assert.match(
    ask('echo Hello', { denied: ['hell'] }) ?? '',
    /refuses "echo Hello": deniedCommands has \/hell\//,
  );
  assert.equal(ask('NPM test', { allowed: ['^npm '] }), undefined);
});

test('requires that both a program and the command that it runs are allowed', () => {
  const line = 'env X=1 nice npm test';
  assert.equal(ask(line, { allowed: ['^(env|nice|npm) '] }), undefined);
  assert.match(
    ask(line, { allowed: ['^(env|npm) '] }) ?? '',
    /"nice npm test" \(in "env X=1 nice npm test"\)/,
  );
  assert.match(ask(line, { allowed: ['^(env|nice) '] }) ?? '', /refuses "npm test"/);
  assert.match(ask("sh -c 'npm test; ls'", { allowed: ['^(sh|npm) '] }) ?? '', /refuses "ls"/);
});

test('refuses a denied command by its path, and does not allow an allowed one by a path', () => {
  assert.match(ask('/bin/rm -r x', { denied: ['^rm'] }) ?? '', /\/\^rm\//);
  assert.match(ask('./npm test', { allowed: ['^npm '] }) ?? '', /refuses ".\/npm test"/);
});

test('applies both lists', () => {
  const lists = { allowed: ['^npm '], denied: ['publish'] };
  assert.equal(ask('npm test', lists), undefined);
  assert.match(ask('npm publish', lists) ?? '', /publish/);
});

test('matches a part without a command as written', () => {
  assert.match(ask('> src/index.ts', { allowed: ['^npm '] }) ?? '', /refuses "> src\/index.ts"/);
  assert.equal(ask('X=1', { allowed: ['^npm '] }), undefined);
});

test('refuses a name like an option behind another program, and allows it at the beginning', () => {
  for (const line of ['nice -- -n ls', 'env A=1 -u X ls', 'nohup -- +x ls', 'find . -exec -x {} \\;'])
    assert.match(ask(line, { denied: ['^rm'] }) ?? '', /may be an option/, line);
  for (const line of ['-n ls', '+x', "sh -c 'true; -n ls'", 'cd x && -n ls'])
    assert.equal(ask(line, { denied: ['^rm'] }), undefined, line);
});

test('reads time with an option that bash does not have as the program, whatever the shell', () => {
  for (const shell of ['/bin/sh', '/bin/dash', '/bin/bash']) {
    assert.match(ask('time -f %e rm x', { denied: ['^rm'] }, { shell }) ?? '', /refuses "rm x"/);
    assert.match(ask('time --what rm x', { denied: ['^rm'] }, { shell }) ?? '', /option --what/);
    assert.equal(ask('time -f %e ls', { allowed: ['^time -f', '^ls$'] }, { shell }), undefined);
    assert.equal(ask('time -p ls', { allowed: ['^ls$'] }, { shell }), undefined);
  }
});

test('tells similar names apart', () => {
  for (const name of ['ｎｐｍ', 'nрm', 'npm\u200b', '"npm test"', 'npm\u00a0test']) {
    assert.notEqual(ask(`${name} x`, { allowed: ['^npm (test )?x$'] }), undefined, name);
  }
});

test('refuses a line that cannot be parsed, and shows the place', () => {
  for (const line of [
    'echo "a',
    'if true',
    'echo $(ls',
    'a )',
    'cat <<E && ls',
    'echo `ls',
    'for',
    'f() {',
  ]) {
    assert.match(
      ask(line, { denied: ['^rm'] }) ?? 'it may run',
      /cannot judge ".+", because it is not a command line|no end/,
    );
  }
});

test('judges a line of maximum length, and refuses excessive nesting', () => {
  const long = `echo ${'a '.repeat(65_000)}; rm x`;
  assert.match(ask(long, { denied: ['^rm'] }) ?? '', /refuses "rm x"/);
  for (const [open, close] of [
    ['$(', ')'],
    ['(', ')'],
    ['"$(', ')"'],
    ['{ ', ';}'],
    ['${x:-', '}'],
    ['$((', '))'],
  ] as const) {
    const line = `echo ${open.repeat(9000)}rm x${close.repeat(9000)}`;
    assert.notEqual(ask(line, { denied: ['^rm'] }), undefined, open);
  }
  assert.match(
    ask(`echo $((${'1+'.repeat(60_000)}1))`, { denied: ['^rm'] }) ?? '',
    /cannot judge .*nested too deeply\. Simplify it\.$/,
  );
  assert.equal(ask(`find . ${'-exec ls \\; '.repeat(9000)}`, { denied: ['^rm'] }), undefined);
  const shells = 'sh -c '.repeat(20_000);
  assert.notEqual(ask(shells, { denied: ['^rm'] }), undefined);
  assert.notEqual(ask(`${'env '.repeat(25_000)}rm x`, { denied: ['^rm'] }), undefined);
});

describe('refuses to set a variable that can change what programs run', () => {
  for (const line of [
    'PATH=/tmp ls',
    'export LD_PRELOAD=x.so',
    'env BASH_ENV=x true',
    'NODE_OPTIONS="--require ./x" node y.js',
    'GIT_SSH_COMMAND=x git fetch',
    'IFS=x',
    'npm_config_script_shell=x npm test',
    ': ${PATH:=x}',
    'read -r PATH',
    'readonly ENV=x',
    'f() { local PATH=/tmp; ls; }',
    'sudo PATH=/tmp ls',
    // Quotes would not help.
    'export PATH=$PATH:./x',
  ]) {
    it(line, () => assert.match(ask(line, { denied: ['^rm'] }) ?? '', /the variable \w+ can change/));
  }
  it('in the environment of a job', () => {
    for (const name of [
      'PATH',
      'LD_PRELOAD',
      'BASH_ENV',
      'BASH_FUNC_ls%%',
      'PROMPT_COMMAND',
      'KUBECTL_EXTERNAL_DIFF',
      'KUBE_EDITOR',
      'NIX_BUILD_SHELL',
      'DOCKER_CONFIG',
      'DIRENV_CONFIG',
      'CONFIG_SITE',
      'DOTNET_STARTUP_HOOKS',
      'FZF_DEFAULT_COMMAND',
      'SVN_SSH',
    ]) {
      assert.match(ask('true', { denied: ['^rm'] }, { env: { [name]: 'x' } }) ?? '', /can change what/, name);
    }
    assert.match(ask('echo $((i))', { denied: ['^rm'] }, { env: { i: 'a[$(rm)]' } }) ?? '', /calculates/);
    for (const name of ['KUBECONFIG', 'AWS_PAGER', 'JAVA_HOME', 'PIP_INDEX_URL', 'PORT', 'TEST_BROWSER'])
      assert.equal(ask('true', { denied: ['^rm'] }, { env: { [name]: 'x' } }), undefined, name);
  });
});

test('refuses every command for a shell whose language it cannot read', () => {
  for (const shell of [
    '/bin/zsh',
    '/usr/bin/fish',
    'C:\\Windows\\System32\\cmd.exe',
    'powershell.exe',
    '/bin/ksh',
  ]) {
    assert.match(
      ask('true', { denied: ['^rm'] }, { shell }) ?? '',
      /reads command lines of bash and sh/,
      shell,
    );
  }
  for (const shell of ['/bin/sh', '/bin/dash', '/opt/bin/bash', 'C:\\Git\\bin\\bash.exe']) {
    assert.equal(ask('true', { denied: ['^rm'] }, { shell }), undefined, shell);
  }
});

test('refuses syntax of bash for a shell that may not be bash', () => {
  for (const line of ['[[ a || b ]]', '((a))', "$'ls'", 'cat <(ls)', 'a=(1)', 'cat <<< x', 'coproc ls']) {
    assert.equal(ask(line, { denied: ['^rm'] }), undefined, line);
    assert.match(ask(line, { denied: ['^rm'] }, { shell: '/bin/sh' }) ?? '', /other than bash/, line);
  }
});

test('a value without quotes is one word after export and declare in bash, but may be several in sh', () => {
  for (const line of ['export x=$y', 'readonly x=$(date)', 'f() { local x=$1; }; f a']) {
    assert.equal(ask(line, { denied: ['^rm'] }), undefined, line);
    assert.match(ask(line, { denied: ['^rm'] }, { shell: '/bin/sh' }) ?? '', /may be several words\. Quote/);
    assert.match(ask(`sh -c '${line}'`, { denied: ['^rm'] }) ?? '', /may be several words\. Quote/);
  }
});

test('refuses a substitution on macOS if bash 3.2 may find its end elsewhere', () => {
  const ask32 = (line: string) => ask(line, { denied: ['^rm'] }, { platform: 'darwin' });
  for (const line of [
    'x="$(true # )"; rm x; : "\n)"',
    'echo $(cat <<E\n)\nrm x\nE\n)',
    'echo $(case a in a) ls;; esac)',
    "echo $(cat <<'E'\nit's\nE\n)",
  ]) {
    assert.equal(ask(line, { denied: ['^rm'] }, { platform: 'linux' }), undefined, line);
    assert.match(ask32(line) ?? '', /bash 3\.2/, line);
  }
  for (const line of [
    `echo $(ls "$(pwd)" '(' \`date\` \\) )`,
    'git commit -m "$(cat <<E\nFix "it" (again)\nE\n)"',
    'echo "a $(echo "b $(echo ")") c")"',
    'echo $(case a in (a) ls;; esac)',
  ]) {
    assert.equal(ask32(line), undefined, line);
  }
});
