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
  [['--denied-commands', '^rm', '^dd'], '', /^"\^dd": it belongs to no option/],
  [
    ['--deny-commands', '^rm'],
    '',
    /^--deny-commands: the options are --allowed-commands and --denied-commands/,
  ],
  [['--denied', '^rm'], '', /^--denied: the options are/],
  [['-denied-commands', '^rm'], '', /^-denied-commands: the options are/],
  [['-denied-commands=^rm'], '', /^-denied-commands: the options are/],
  [['--blacklist=^rm'], '', /^--blacklist: the options are/],
  [['--alowed-comands', '^rm'], '', /^--alowed-comands: the options are/],
  [['^rm'], '', /^"\^rm": it belongs to no option/],
  [['bogus'], '', /^bogus: it belongs to no option/],
  [['--', '--denied-commands', '^rm'], '', /^--denied-commands: it belongs to no option/],
  [['x\x1b[2J'], '', /^"x\\u001b\[2J": it belongs to no option/],
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

test(
  'a variable whose name resembles that of a list is a problem, unless it is empty',
  {
    skip: process.platform === 'win32' && 'names of variables have no case there',
  },
  () => {
    for (const name of [
      'MCP_BG_DENY_COMMANDS',
      'MCP_BG_DENIED_COMMAND',
      'MCP_BG_BLOCKED',
      'mcp_bg_denied_commands',
    ]) {
      assert.match(
        read([], { [name]: '^rm' }).problem ?? '',
        new RegExp(
          `^${name}: the variables are MCP_BG_ALLOWED_COMMANDS and MCP_BG_DENIED_COMMANDS\\. Correct`,
        ),
      );
      assert.equal(read([], { [name]: '' }).problem, undefined);
    }
    for (const name of ['MCP_BG_CLEANUP_INTERVAL', 'MCP_BG_MAX_JOBS', 'MCP_BG_OTHER', 'DENIED_COMMANDS'])
      assert.equal(read([], { [name]: '60' }).problem, undefined);
  },
);

test('what may be meant for a list is not called ignored, and other options with one dash are named once', () => {
  assert.deepEqual(read(['-denied-commands', '^rm', '--deny=x']).warnings, []);
  const { problem, warnings } = read(['-colour=red', '-x']);
  assert.deepEqual(warnings, [
    '-colour: there is no such option. Ignored.',
    '-x: there is no such option. Ignored.',
  ]);
  assert.equal(problem, undefined);
});

test('the value of a flag that takes none is no pattern', () => {
  assert.equal(read(['--keep-jobs', 'true', '--denied-commands', '^rm']).problem, undefined);
});
