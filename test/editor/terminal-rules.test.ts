import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { judgeApproval } from '../../src/policy/approval.ts';
import { DEFAULT_VERSION, installEditor } from './install-editor.ts';
import { type VsCodeApproval, vsCodeApprovals } from './vscode-approvals.ts';

/** Command lines of docs/policy.md, with what each side does: VS Code's terminal tool, and we. */
const COMMANDS = [
  ['ls -la', 'allow', 'allow'],
  ['cat package.json | grep name', 'allow', 'allow'],
  ['git status', 'allow', 'allow'],
  ['git log --oneline -5', 'allow', 'allow'],
  ['git log --output=x', 'ask', 'ask'],
  ['git push', 'ask', 'ask'],
  ['docker ps', 'allow', 'allow'],
  ['docker compose logs web', 'allow', 'allow'],
  ['docker run ubuntu', 'ask', 'ask'],
  ['npm ci', 'allow', 'allow'],
  ['npm ci evil', 'ask', 'ask'],
  ['npm install', 'ask', 'ask'],
  ['npm ls', 'allow', 'allow'],
  ['sleep 5 && echo done', 'allow', 'allow'],
  ['echo a; rm b', 'ask', 'ask'],
  ['rm -rf build', 'ask', 'ask'],
  ['echo $(rm b)', 'ask', 'ask'],
  ['curl http://localhost', 'ask', 'ask'],
  ['kill 1', 'ask', 'ask'],
  ['find . -name x', 'allow', 'allow'],
  ['find . -delete', 'ask', 'ask'],
  ['sed -n 1,5p a.txt', 'allow', 'allow'],
  ['rg TODO src', 'allow', 'allow'],
  ['rg --pre cat x', 'ask', 'ask'],
  ['python3 -m http.server', 'ask', 'ask'],
  ['FOO=1 ls', 'ask', 'ask'],
  ['x=1; ls', 'ask', 'ask'],
  ['echo a > out.txt', 'allow', 'ask'],
  ['ls $(cat list)', 'allow', 'allow'],
  ['echo hello &', 'allow', 'allow'],
] as const;

let defaults: Readonly<Record<string, unknown>>;
let approval: VsCodeApproval;

before(async () => {
  const { vscode } = await installEditor(DEFAULT_VERSION, new AbortController().signal);
  ({ defaults, approval } = await vsCodeApprovals(vscode));
});

const ours = (command: string, rules = defaults): string =>
  judgeApproval({ rules, npmScripts: [], allowsFileWrites: false, command, shell: '/bin/bash' }).decision;

test('30 commands are approved or asked for as the documentation says, by VS Code and by us', async () => {
  const measured = [];
  for (const [command] of COMMANDS) measured.push([command, await approval(command), ours(command)]);
  assert.deepEqual(measured, COMMANDS);
  const table = readFileSync(join(import.meta.dirname, '../../docs/policy.md'), 'utf8');
  const documented = [...table.matchAll(/^\| `(.+?)` +\| (allow|ask) +\| (allow|ask) +\|/gm)].map(
    ([, command = '', theirs, ours]) => [command.replaceAll('\\|', '|'), theirs, ours],
  );
  assert.deepEqual(documented, COMMANDS);
});

test('nothing is approved that VS Code would ask for', async () => {
  const words = [
    'ls',
    'rm x',
    'git status',
    'echo "a;b"',
    "cat 'x y'",
    'FOO=1 ls',
    'sudo ls',
    'env ls',
    'x=1',
  ];
  const joints = [' && ', '; ', ' | ', ' || ', ' & ', '\n'];
  for (const left of words) {
    for (const right of words) {
      for (const joint of joints) {
        const line = `${left}${joint}${right}`;
        if (ours(line) === 'allow') assert.equal(await approval(line), 'allow', line);
      }
    }
  }
});
