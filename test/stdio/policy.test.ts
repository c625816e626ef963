import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSession } from '../support/mcp-session.ts';
import { scratchFolder } from '../support/scratch.ts';
import { answerOf, assertRefused, run, SOON, start, statusOf, withoutEffect } from './support/session.ts';

test('the flags decide which commands run, and an error names the part, the pattern and the flag', async (t) => {
  const args = [
    '--allowed-commands',
    '^(echo|cat)',
    '--allowed-commands=^true',
    '--denied-commands',
    'secret',
  ];
  const session = await openSession(t, { args });
  assert.equal((await run(session, 'true && echo hi | cat')).log, 'hi\n');
  await withoutEffect(session, async () => {
    assertRefused(
      await session.call('execute', { command: 'echo $(ls)' }),
      /^Error: The command policy refuses "ls": nothing in --allowed-commands matches it\. Use/,
    );
    assertRefused(
      await session.call('execute', { command: 'echo hi; cat secrets' }),
      /^Error: The command policy refuses "cat secrets": --denied-commands has \/secret\//,
    );
    assertRefused(await session.call('execute', { command: 'echo', env: { PATH: '/' } }), /variable PATH/);
  });
});

test('an interpreter gets no input while there is a list, but it gets Ctrl+C', async (t) => {
  const session = await openSession(t, { args: ['--denied-commands', '^rm'] });
  // The program need not exist, since the policy judges the words of the command.
  const id = await start(session, 'cat || psql');
  assertRefused(await session.call('interact', { job_id: id, input: 'x' }), /refuses input for "psql"/);
  // The shell may lose a signal that comes before its program is executed.
  await session.call('wait', { job_id: id, until: 'input', wait_s: SOON });
  await session.call('interact', { job_id: id, keys: ['ctrl-c'] });
  const { facts } = await session.call('wait', { job_id: id });
  assert.equal(facts.reason, 'exit');
  const reader = await start(session, 'read x; echo "got $x"');
  assert.match(await answerOf(session, reader, 'y'), /got y/);
});

test('sed gets no input if it reads its commands there', async (t) => {
  const session = await openSession(t, { args: ['--denied-commands', '^rm'] });
  const id = await start(session, 'sed -f - /dev/null');
  assertRefused(
    await session.call('interact', { job_id: id, input: '1e rm x' }),
    /refuses input for "sed -f -/,
  );
  const runner = await start(session, 'sed -u e');
  assertRefused(
    await session.call('interact', { job_id: runner, input: 'rm x' }),
    /refuses input for "sed -u e"/,
  );
  const reader = await start(session, 'sed -u s/a/b/');
  assert.match(await answerOf(session, reader, 'a'), /^b/);
});

test('npx does not start the shell that it starts without a command', async (t) => {
  const session = await openSession(t, { args: ['--denied-commands', '^rm'] });
  for (const command of ['npx', 'npm exec', 'cat | npx -y'])
    for (const tty of [false, true])
      assertRefused(
        await session.call('execute', { command, tty }),
        /it starts a shell, whose input cannot be/,
      );
});

test('the same holds for what is typed into a terminal, as text and as keys', async (t) => {
  const session = await openSession(t, { args: ['--denied-commands', '^rm'] });
  const id = await start(session, 'cat || psql', { tty: true });
  await session.call('wait', { job_id: id, until: 'input', wait_s: SOON });
  for (const typed of [{ input: 'x' }, { keys: ['enter'] }, { keys: ['up', 'ctrl-c'] }])
    assertRefused(await session.call('interact', { job_id: id, ...typed }), /refuses input for "psql"/);
  await session.call('interact', { job_id: id, keys: ['ctrl-c'] });
  const { facts, log } = await session.call('wait', { job_id: id, cursor: 0 });
  assert.deepEqual([facts.reason, log.trim()], ['exit', '^C']);
  const reader = await start(session, 'read x; echo "got $x"', { tty: true });
  await session.call('interact', { job_id: reader, input: 'y' });
  assert.equal((await session.call('wait', { job_id: reader, regex: 'got y' })).facts.reason, 'pattern');
});

test('the current lists apply to the restart of an older job', async (t) => {
  const first = await openSession(t, {});
  const { facts } = await run(first, 'echo once', { name: 'once' });
  await first.close();
  const second = await openSession(t, { storage: first.storage, args: ['--denied-commands', '^echo'] });
  assertRefused(await second.call('restart', { job_id: facts.id }), /refuses "echo once"/);
});

test('the variables apply where there is no flag, with commas between patterns', async (t) => {
  const env = { MCP_BG_ALLOWED_COMMANDS: '^echo, ^true ,', MCP_BG_DENIED_COMMANDS: 'b' };
  const session = await openSession(t, { env, args: ['--denied-commands', 'z'] });
  await run(session, 'true; echo b');
  assertRefused(
    await session.call('execute', { command: 'ls' }),
    /nothing in MCP_BG_ALLOWED_COMMANDS matches/,
  );
  assertRefused(await session.call('execute', { command: 'echo z' }), /--denied-commands has \/z\//);
});

test('with an invalid list no command runs, and everything else works', async (t) => {
  const session = await openSession(t, { args: ['--denied-commands', '^rm', '--denied-commands', '('] });
  assertRefused(
    await session.call('execute', { command: 'true' }),
    /allows no command\. --denied-commands: .*\/\(\//,
  );
  assert.match(session.stderr(), /No command runs\. --denied-commands: .* start the server again\./);
  assert.equal((await session.call('list')).isError, false);
});

test('a misspelled flag or variable for a list, or a word without a flag, lets no command run', async (t) => {
  const wrong = [
    { args: ['-denied-commands', '^rm'], says: /-denied-commands: the options are .*--denied-commands/ },
    { args: ['--blacklist=^rm'], says: /--blacklist: the options are .*--denied-commands/ },
    { args: ['--', '--denied-commands', '^rm'], says: /--denied-commands: it belongs to no option/ },
    { args: ['bogus'], says: /bogus: it belongs to no option/ },
    {
      env: { MCP_BG_DENY_COMMANDS: '^rm' },
      says: /MCP_BG_DENY_COMMANDS: the variables are .*MCP_BG_DENIED_COMMANDS/,
    },
  ];
  for (const { says, ...options } of wrong) {
    const session = await openSession(t, options);
    const { text, isError } = await session.call('execute', { command: 'true' });
    assert.equal(isError, true);
    assert.match(text, says);
    assert.equal(session.stderr().trim().split('\n').length, 1, session.stderr());
    await session.close();
  }
});

test('with a list, jobs use a shell that the policy can read, unless another one is set', async (t) => {
  const zsh = join(scratchFolder(t), 'zsh');
  symlinkSync('/bin/sh', zsh);
  const args = ['--denied-commands', '^rm'];
  const session = await openSession(t, { args, env: { SHELL: zsh } });
  const { facts } = await run(session, 'true');
  assert.match((await statusOf(session, facts.id ?? '')).shell ?? '', /\/(ba)?sh$/);
  const asked = await openSession(t, { args: [...args, '--shell', zsh] });
  assertRefused(await asked.call('execute', { command: 'true' }), /the shell is .*zsh/);
});
