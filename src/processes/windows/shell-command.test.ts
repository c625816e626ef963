import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandProblem, shellCommandLine } from './shell-command.ts';

const CMD = 'C:\\Windows\\System32\\cmd.exe';
const BASH = 'C:\\Program Files\\Git\\bin\\bash.exe';
const POWERSHELL = 'C:\\Program Files\\PowerShell\\7\\pwsh.exe';

test('cmd gets the command unchanged between quotes', () => {
  const line = shellCommandLine(CMD, 'echo "a b" & exit 3');
  assert.equal(line, `${CMD} /d /s /c "chcp 65001 >nul & echo "a b" & exit 3"`);
});

test('Git Bash gets the command as one argument', () => {
  assert.match(
    shellCommandLine(BASH, 'echo "a b"'),
    /^"C:\\Program Files\\Git\\bin\\bash.exe" -c ".*echo \\"a b\\""$/,
  );
});

test('PowerShell runs npm.ps1 and keeps the exit code of the last program', () => {
  const line = shellCommandLine(POWERSHELL, 'npm test');
  assert.match(line, /-ExecutionPolicy Bypass -Command "/);
  assert.match(line, /\nnpm test\nif\(\$\?\)\{exit 0\}if\(\$LASTEXITCODE\)\{exit \$LASTEXITCODE\}exit 1"$/);
});

test('PowerShell may ask only in a terminal', () => {
  assert.match(shellCommandLine(POWERSHELL, 'Read-Host'), /-NonInteractive/);
  assert.doesNotMatch(shellCommandLine(POWERSHELL, 'Read-Host', { isInteractive: true }), /-NonInteractive/);
});

for (const [shell, limit] of [
  [CMD, 8191 - 'chcp 65001 >nul & '.length],
  [BASH, undefined],
  [POWERSHELL, undefined],
] as const) {
  test(`${shell} takes a command up to a limit, which the error names`, () => {
    const problem = commandProblem(shell, 'x'.repeat(40_000));
    const max = Number(/at most (\d+)/.exec(problem ?? '')?.[1]);
    assert.equal(commandProblem(shell, 'x'.repeat(max)), undefined);
    assert.match(commandProblem(shell, 'x'.repeat(max + 1)) ?? '', /Put it into a script/);
    if (limit !== undefined) assert.equal(max, limit);
  });
}

test('quotes count as they are written in the command line', () => {
  assert.match(commandProblem(BASH, '"'.repeat(20_000)) ?? '', /at most/);
});

test('cmd refuses several lines, and takes a line break at the end', () => {
  assert.match(commandProblem(CMD, 'echo a\necho b') ?? '', /several lines/);
  assert.equal(commandProblem(CMD, 'echo a\r\n'), undefined);
  assert.equal(commandProblem(BASH, 'echo a\necho b'), undefined);
});
