import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeApproval } from '../../src/policy/approval.ts';
import type { Approval } from '../../src/policy/command-policy.ts';

/** Rules that approve everything except package managers. */
const RULES = { '/^(?!npm|yarn|pnpm)./': true };

function judged(command: string, shell = '/bin/bash'): Approval {
  const npmScripts = ['test', 'build', '$x', '-C'];
  return judgeApproval({ rules: RULES, npmScripts, allowsFileWrites: true, command, shell });
}

describe('approves a script by its name in the folder of the job', () => {
  for (const line of [
    'npm test',
    'npm run build',
    'npm run-script "build"',
    'yarn run build',
    'pnpm run test',
    'ls && npm test | cat; npm run build &',
    '(npm test)',
    'echo cd x; npm test',
    'time npm test',
    'timeout 60 npm test',
    'nohup nice -n 5 npm test',
    'exec npm test',
    "bash -c 'npm test && npm run build'",
    "trap 'npm run build' EXIT; npm test",
    'f() { npm test; }; f',
  ]) {
    it(line, () => {
      const approval = judged(line);
      assert.equal(approval.decision, 'allow', JSON.stringify(approval));
      assert.match(JSON.stringify(approval), /script \w+ of package\.json/);
    });
  }
});

describe('asks about a script whose folder may be another one', () => {
  for (const line of [
    'cd /tmp/other && npm test',
    'cd /tmp/other; npm run build',
    'cd /tmp/other\nyarn run build',
    'cd /tmp/other & npm test',
    'CD /tmp/other; npm test',
    '(cd /tmp/other && pnpm run test)',
    'echo "$(cd /tmp/other && npm test)"',
    'npm run build; cd dist; npm test',
    'pushd /tmp/other; npm test',
    'popd; npm test',
    '\\cd /tmp/other; npm test',
    '"c"d /tmp/other; npm test',
    'command cd /tmp/other; npm test',
    'builtin cd /tmp/other; npm test',
    "eval 'cd /tmp/other'; npm test",
    "trap 'cd /tmp/other' DEBUG; npm test",
    'f() { cd /tmp/other; }; f; npm test',
    'go() { cd /tmp/other; npm test; }; go',
    'for x in 1 2; do npm test; cd ..; done',
    'if cd /tmp/other; then npm test; fi',
    '{ cd /tmp/other; } && npm test',
    "bash -c 'cd /tmp/other && npm test'",
    'env -C /tmp/other npm test',
    'env --chdir=/tmp/other npm test',
    "env -C /tmp/other sh -c 'npm test'",
    "timeout 60 env -C /tmp/other bash -c 'exec npm test'",
    'sudo -D /tmp/other npm test',
    'sudo npm test',
    'chroot /tmp/other npm test',
    'find /tmp/other -maxdepth 0 -execdir npm test \\;',
    'fd x /tmp/other -x npm test',
    "ssh host 'npm test'",
    "git -C /tmp/other submodule foreach 'npm test'",
    'git -C /tmp/other bisect run npm test',
    "git -C /tmp/other rebase -x 'npm test' main",
    'direnv exec /tmp/other npm test',
    'uv run --directory /tmp/other npm test',
    'uv --directory /tmp/other run npm test',
    'poetry -C /tmp/other run npm test',
    'mise -C /tmp/other exec -- npm test',
    'just -f /tmp/other/justfile --command npm test',
    'npm --prefix /tmp/other exec -- npm test',
    'pnpm -r exec npm test',
    'pnpm -C /tmp/other exec npm test',
    'lerna exec npm test',
    "watch 'npm test'",
    'npm --prefix /tmp/other test',
    'npm --prefix=/tmp/other run build',
    'npm -C /tmp/other test',
    'npm run --prefix=/tmp/other build',
    'npm run build --prefix=/tmp/other',
    'npm run -C',
    'pnpm -C /tmp/other run build',
    'pnpm --dir /tmp/other run build',
    'yarn --cwd /tmp/other run build',
    'yarn /tmp/other run build',
    'yarn workspace other run build',
    // Without quotes, the value may contain options.
    'for x in "build --prefix=/tmp/other"; do npm run $x; done',
    'echo build | xargs npm run',
  ]) {
    it(line, () => assert.equal(judged(line).decision, 'ask'));
  }
  it('chdir in dash', () => assert.equal(judged('chdir /tmp/other; npm test', '/bin/dash').decision, 'ask'));
  it('with the reason', () =>
    assert.deepEqual(judged('cd x && npm test'), {
      decision: 'ask',
      why: '`npm test` may run a script of another folder',
    }));
});
