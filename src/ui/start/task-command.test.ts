import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processTaskCommand, type ShellTask, shellTaskCommand } from './task-command.ts';

const VALUES: Readonly<Record<string, string>> = { '${file}': '/a b/c.js', '${name}': 'x' };
const fill = (text: string): string => text.replaceAll(/\$\{\w+\}/g, (name) => VALUES[name] ?? name);
const shell = (task: ShellTask, by = '/bin/sh'): string => shellTaskCommand(task, by, fill);

test('keeps a command line as it is', () => {
  assert.equal(shell({ commandLine: 'echo "a  b" $HOME && ls *' }), 'echo "a  b" $HOME && ls *');
  assert.equal(shell({ command: 'make all', args: [] }), 'make all');
  assert.equal(shell({ commandLine: 'cat ${file}' }), 'cat /a b/c.js');
});

test('quotes a command that is only a path with spaces', () => {
  assert.equal(shell({ commandLine: '${file}' }), "'/a b/c.js'");
  assert.equal(shell({ commandLine: '${name}' }), 'x');
});

test('quotes words with spaces and lets all others expand', () => {
  assert.equal(
    shell({ command: 'echo', args: ['a b', '$HOME', '*', '${file}'] }),
    "echo 'a b' $HOME * '/a b/c.js'",
  );
  assert.equal(shell({ command: 'my tool', args: ['-x'] }), "'my tool' -x");
  assert.equal(
    shell({ command: 'echo', args: ['"a b"', "'c d'", 'x="a b"', 'a\\ b'] }),
    `echo "a b" 'c d' x="a b" a\\ b`,
  );
  assert.equal(
    shell({ command: 'echo', args: ["it's me", "'a' it's"] }),
    `echo 'it'\\''s me' ''\\''a'\\'' it'\\''s'`,
  );
  assert.equal(shell({ command: 'echo', args: ['"a b" c'] }), `echo '"a b" c'`);
});

test('quotes words as the task requests', () => {
  const args = [1, 2, 3].map((quoting) => ({ value: "it's $x", quoting }));
  assert.equal(shell({ command: 'echo', args }), `echo it\\'s\\ $x 'it'\\''s $x' "it's $x"`);
  assert.equal(shell({ command: 'echo', args }, 'pwsh'), "echo it`'s` $x 'it''s $x' \"it's $x\"");
  assert.equal(shell({ command: { value: 'my tool', quoting: 2 }, args: [] }, 'pwsh'), "& 'my tool'");
});

test('runs a task in the shell of the task', () => {
  const task = { commandLine: "echo 'a'", options: { executable: '/bin/bash', shellArgs: ['-l', '-c'] } };
  assert.equal(shell(task), "/bin/bash -l -c 'echo '\\''a'\\'''");
  assert.equal(shell({ commandLine: 'ls', options: { executable: '/bin/bash' } }), '/bin/bash -c ls');
  assert.equal(shell({ commandLine: 'ls', options: { executable: 'pwsh' } }), 'pwsh -Command ls');
});

test('expands nothing in a process task', () => {
  const command = processTaskCommand({ process: '${file}', args: ['$HOME', '*', 'a'] }, 'sh', fill);
  assert.equal(command, "'/a b/c.js' '$HOME' '*' a");
});
