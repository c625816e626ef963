// Programs that draw on the whole screen of a terminal.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { htop, less, tmux, top, vim } from '../support/full-screen-programs.ts';
import { startProgram } from './support.ts';

test('vim edits, searches and saves a file', { skip: vim.skip }, async (t) => {
  assert.ok(vim.skip === false);
  const program = await startProgram(t, `exec '${vim.program.file}' -u NONE -i NONE -n file.txt`, {
    env: vim.program.env,
  });
  const { facts } = await program.screen(/~/);
  assert.equal(facts.alternate, 'true');
  await program.session.call('interact', {
    job_id: program.id,
    input: 'ifirst\nsecond\nthird',
    keys: ['esc'],
  });
  // The text may be drawn before the cursor moves.
  const edited = await program.screen(/third/, { cursor_row: '3', cursor_column: '5' });
  assert.match(edited.log, /^first\nsecond\nthird\n~/);
  await program.press('up', 'up', 'home', 'x', 'x');
  await program.screen(/^rst\nsecond/);
  await program.type(':wq');
  const { facts: ended } = await program.exit();
  assert.equal(ended.exit_code, '0');
  assert.equal(readFileSync(join(program.folder, 'file.txt'), 'utf8'), 'rst\nsecond\nthird\n');
});

test('less pages, searches and is left', { skip: less.skip }, async (t) => {
  assert.ok(less.skip === false);
  const program = await startProgram(t, `seq 1000 > numbers; exec '${less.program.file}' numbers`, {
    env: { ...less.program.env, LESS: '', PAGER: '' },
    size: '40x10',
  });
  await program.screen(/^1\n2\n[^]*\n9\nnumbers/);
  assert.match((await program.asks()) ?? '', /^(line|likely)$/);
  await program.press('space');
  await program.screen(/^10\n11\n/);
  await program.type('/^500$');
  await program.screen(/^500\n501\n/);
  await program.press('g');
  await program.screen(/^1\n2\n/);
  await program.press('q');
  assert.equal((await program.exit()).facts.exit_code, '0');
});

// Some programs write to stdin, or read from stderr. A terminal allows that.
test('vim edits what it reads from a pipe', { skip: vim.skip }, async (t) => {
  assert.ok(vim.skip === false);
  const program = await startProgram(t, `seq 100 | '${vim.program.file}' -u NONE -i NONE -n -`, {
    env: vim.program.env,
  });
  await program.screen(/^1\n2\n/);
  await program.press('G');
  await program.screen(/\n99\n100\n/);
  await program.type(':q!');
  assert.equal((await program.exit()).facts.exit_code, '0');
});

test('more pages what it reads from a pipe', async (t) => {
  const program = await startProgram(t, 'seq 100 | more', { size: '40x10' });
  await program.screen(/^1\n2\n/);
  await program.press('space');
  await program.screen(/\n18\n/);
  await program.press('q');
  assert.equal((await program.exit()).facts.exit_code, '0');
});

test('tmux draws a session, and is left', { skip: tmux.skip }, async (t) => {
  assert.ok(tmux.skip === false);
  const command = `exec '${tmux.program.file}' -S socket -f /dev/null new-session 'echo "in tmux"; read line'`;
  const program = await startProgram(t, command, { env: tmux.program.env });
  await program.screen(/^in tmux/);
  await program.type('end');
  assert.equal((await program.exit()).facts.exit_code, '0');
});

for (const [name, tried] of Object.entries({ htop, top })) {
  test(`${name} shows processes, and is left`, { skip: tried.skip }, async (t) => {
    assert.ok(tried.skip === false);
    const program = await startProgram(t, `exec '${tried.program.file}' -d 10`, { env: tried.program.env });
    const { log } = await program.screen(/PID\s+USER/);
    assert.match(log, /Tasks|Mem/);
    await program.press('q');
    assert.equal((await program.exit()).facts.exit_code, '0');
  });
}
