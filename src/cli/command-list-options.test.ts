import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from './options.ts';

function read(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { commandLists, warnings } = readOptions(args, env, '/');
  return { ...commandLists, warnings };
}

test('a list has the patterns of all its flags, or else of its variable, separated by commas', () => {
  const env = { MCP_BG_ALLOWED_COMMANDS: '^npm , ^git,,', MCP_BG_DENIED_COMMANDS: '^dd' };
  const { allowed, denied, problem, warnings } = read(
    ['--denied-commands=^rm', '--denied-commands', 'a,b'],
    env,
  );
  assert.deepEqual(allowed, { name: 'MCP_BG_ALLOWED_COMMANDS', patterns: ['^npm', '^git'] });
  assert.deepEqual(denied, { name: '--denied-commands', patterns: ['^rm', 'a,b'] });
  assert.equal(problem, undefined);
  assert.deepEqual(warnings, []);
});

test('without flags and variables there are no lists', () => {
  const { allowed, denied, problem } = read([], { MCP_BG_ALLOWED_COMMANDS: '' });
  assert.deepEqual([allowed.patterns, denied.patterns, problem], [[], [], undefined]);
});

const PROBLEMS: readonly (readonly [args: readonly string[], variable: string, names: RegExp])[] = [
  [['--denied-commands', '('], '', /^--denied-commands: .*\(/],
  [['--denied-commands'], '', /^--denied-commands: its value is missing/],
  [['--allowed-commands='], '', /^--allowed-commands: its value is missing/],
  [['--denied-commands', '--keep-jobs'], '', /^--denied-commands: "--keep-jobs" is another option/],
  [['--denied-commands', '^rm', '^dd'], '', /^\^dd: it belongs to no option/],
  [
    ['--deny-commands', '^rm'],
    '',
    /^--deny-commands: the options are --allowed-commands and --denied-commands/,
  ],
  [['--denied', '^rm'], '', /^--denied: the options are/],
  [[], '^rm,[', /^MCP_BG_DENIED_COMMANDS: .*\[/],
  [[], '^a{1,2}', /^MCP_BG_DENIED_COMMANDS: "\^a\{1" ends at a comma/],
];
for (const [args, variable, names] of PROBLEMS) {
  test(`${[...args, variable].join(' ').trim()} is a problem, and is not ignored`, () => {
    const { problem } = read(args, { MCP_BG_DENIED_COMMANDS: variable });
    assert.match(problem ?? '', names);
    assert.match(problem ?? '', /Correct it and start the server again\.$/);
  });
}
