import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import type { Question } from '../../src/policy/command-policy.ts';
import { judge } from '../../src/policy/policy-verdict.ts';

interface Lists {
  readonly allowed?: readonly string[];
  readonly denied?: readonly string[];
}

function ask(command: string, { allowed = [], denied = [] }: Lists, change: Partial<Question> = {}) {
  const lists = {
    allowed: { name: 'allowedCommands', patterns: allowed },
    denied: { name: 'deniedCommands', patterns: denied },
  };
  return judge({ lists, command, shell: '/bin/bash', env: {}, wanted: 'start', ...change });
}

test('each simple command is matched from its first word, without what stands around it', () => {
  const allowed = ['^cd x$', '^npm run dev$', '^tee log$'];
  assert.equal(ask('cd x && FOO=1 npm run dev 2>&1 | tee log', { allowed }), undefined);
  assert.equal(ask('cd x; "npm" run \\\n dev > out', { allowed }), undefined);
  assert.match(ask('cd x && npm run dev && npm run build', { allowed }) ?? '', /refuses "npm run build"/);
});

test('a pattern is searched, in upper and lower case', () => {
  assert.match(
    ask('echo Hello', { denied: ['hell'] }) ?? '',
    /refuses "echo Hello": deniedCommands has \/hell\//,
  );
  assert.equal(ask('NPM test', { allowed: ['^npm '] }), undefined);
});

test('what a program runs must be allowed as well as the program itself', () => {
  const line = 'env X=1 nice npm test';
  assert.equal(ask(line, { allowed: ['^(env|nice|npm) '] }), undefined);
  assert.match(
    ask(line, { allowed: ['^(env|npm) '] }) ?? '',
    /"nice npm test" \(in "env X=1 nice npm test"\)/,
  );
  assert.match(ask(line, { allowed: ['^(env|nice) '] }) ?? '', /refuses "npm test"/);
  assert.match(ask("sh -c 'npm test; ls'", { allowed: ['^(sh|npm) '] }) ?? '', /refuses "ls"/);
});

test('a denied command is refused under its path, too; an allowed one is not allowed under another', () => {
  assert.match(ask('/bin/rm -r x', { denied: ['^rm'] }) ?? '', /\/\^rm\//);
  assert.match(ask('./npm test', { allowed: ['^npm '] }) ?? '', /refuses ".\/npm test"/);
});

test('both lists hold', () => {
  const lists = { allowed: ['^npm '], denied: ['publish'] };
  assert.equal(ask('npm test', lists), undefined);
  assert.match(ask('npm publish', lists) ?? '', /publish/);
});

test('a part without a command is matched as it stands', () => {
  assert.match(ask('> src/index.ts', { allowed: ['^npm '] }) ?? '', /refuses "> src\/index.ts"/);
  assert.equal(ask('X=1', { allowed: ['^npm '] }), undefined);
});

test('a name that looks like another is another', () => {
  for (const name of ['ｎｐｍ', 'nрm', 'npm\u200b', '"npm test"', 'npm\u00a0test']) {
    assert.notEqual(ask(`${name} x`, { allowed: ['^npm (test )?x$'] }), undefined, name);
  }
});

test('what cannot be read is refused, with the place', () => {
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

test('a line of the longest length is judged, and nesting without end refused', () => {
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
  const shells = 'sh -c '.repeat(20_000);
  assert.notEqual(ask(shells, { denied: ['^rm'] }), undefined);
  assert.notEqual(ask(`${'env '.repeat(25_000)}rm x`, { denied: ['^rm'] }), undefined);
});

describe('a variable that steers programs is refused where it is set', () => {
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
  ]) {
    it(line, () => assert.match(ask(line, { denied: ['^rm'] }) ?? '', /the variable \w+ can change/));
  }
  it('in the environment of the job', () => {
    for (const name of ['PATH', 'LD_PRELOAD', 'BASH_ENV', 'BASH_FUNC_ls%%', 'PROMPT_COMMAND']) {
      assert.match(ask('true', { denied: ['^rm'] }, { env: { [name]: 'x' } }) ?? '', /can change what/, name);
    }
    assert.match(ask('echo $((i))', { denied: ['^rm'] }, { env: { i: 'a[$(rm)]' } }) ?? '', /calculates/);
  });
});

describe('input', () => {
  const input = (command: string) => ask(command, { denied: ['^rm'] }, { wanted: 'input' });
  for (const command of [
    'python3',
    'python3 -i',
    'python3.12 -q',
    'node',
    'nodejs --interactive',
    'env FOO=1 python3',
    'python3 -i app.py',
    'python3 -m pdb app.py',
    'python3 -X dev',
    'node --require ./x',
    'node inspect server.js',
    'cd x && exec ruby',
    'ssh -N host',
    'psql -h db',
    'sqlite3 x.db',
    'gdb ./a.out',
    'docker exec -i web sh',
    'kubectl exec -i pod -- bash',
    'vim',
  ]) {
    it(`is refused for ${command}`, () =>
      assert.match(input(command) ?? '', /refuses input for .*as a job of its own/));
  }
  for (const command of [
    'node server.js',
    'python3 manage.py shell',
    'npm run dev',
    'cat',
    'read x',
    './ask.sh',
  ]) {
    it(`is taken by ${command}`, () => assert.equal(input(command), undefined));
  }
});

test('shells that are not read are refused, whatever the command', () => {
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

test('for a shell that may not be bash, what only bash reads so is refused', () => {
  for (const line of ['[[ a || b ]]', '((a))', "$'ls'", 'cat <(ls)', 'a=(1)', 'cat <<< x', 'coproc ls']) {
    assert.equal(ask(line, { denied: ['^rm'] }), undefined, line);
    assert.match(ask(line, { denied: ['^rm'] }, { shell: '/bin/sh' }) ?? '', /other than bash/, line);
  }
});

test('on macOS a substitution is refused whose end its old bash may see elsewhere', () => {
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
