import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSession } from '../support/mcp-session.ts';
import { scratchFolder } from '../support/scratch.ts';
import {
  assertRefused,
  listOf,
  prepare,
  run,
  shareSession,
  start,
  startReady,
  withoutEffect,
} from './support/session.ts';

const session = await shareSession();
const bystander = await prepare(session, () => startReady(session, 'echo ready; cat', { name: 'bystander' }));

const COMMANDS: readonly (readonly [what: string, args: Record<string, unknown>, says: RegExp])[] = [
  ['an empty command', { command: '' }, /command.*empty/],
  ['a command of blanks', { command: ' \n\t ' }, /command.*empty/],
  ['a command with NUL', { command: 'echo a\0b' }, /NUL/],
  ['a command that is too long', { command: `echo ${'x'.repeat(131_072)}` }, /131071 bytes.*script/],
  [
    'a folder that is not there',
    { command: 'true', cwd: '/no/such/folder' },
    /\/no\/such\/folder.*not exist/,
  ],
  ['a file as folder', { command: 'true', cwd: process.execPath }, /not a folder/],
  ['a folder below a file', { command: 'true', cwd: `${process.execPath}/x` }, /cwd/],
  ['a folder with NUL', { command: 'true', cwd: '/tmp\0' }, /cwd/],
  ['a folder whose name is too long', { command: 'true', cwd: `/${'x'.repeat(5000)}` }, /cwd/],
  ['a variable with NUL', { command: 'true', env: { A: 'b\0' } }, /NUL|null/],
  ['a pattern that is none', { command: 'echo', regex: '(' }, /regular expression.*pattern/],
  ['a pattern without regex', { command: 'true', until: 'pattern' }, /"regex"/],
  ['a pattern and a port', { command: 'true', regex: 'a', port: 80 }, /one condition/],
  ['a regex with until=exit', { command: 'true', until: 'exit', regex: 'a' }, /"regex".*exit/],
  ['a port with until=quiet', { command: 'true', until: 'quiet', port: 80 }, /"port".*quiet/],
];

for (const [what, args, says] of COMMANDS) {
  test(`execute refuses ${what}`, () =>
    withoutEffect(session, async () => {
      assertRefused(await session.call('execute', args), says);
    }));
}

const job_id = 'bystander';
const CALLS: readonly (readonly [what: string, tool: string, args: Record<string, unknown>, says: RegExp])[] =
  [
    ['a cursor beyond the end', 'output', { job_id, cursor: 7 }, /cursor 7.*\(6\).*next_cursor/],
    ['a cursor beyond the end', 'wait', { job_id, cursor: 7 }, /cursor 7.*\(6\).*next_cursor/],
    ['a cursor beyond the end', 'wait', { job_id, cursor: { bystander: 7 } }, /cursor 7.*next_cursor/],
    ['a cursor beyond the end', 'search', { job_id, regex: 'x', cursor: 7 }, /cursor 7.*next_cursor/],
    ['one cursor for several jobs', 'wait', { job_ids: [job_id, job_id], cursor: 3 }, /one cursor.*2, not 1/],
    ['too many cursors', 'wait', { job_ids: [job_id], cursors: [3, 4] }, /one cursor.*1, not 2/],
    ['a cursor of an unknown job', 'wait', { job_id: [job_id], cursor: { other: 0 } }, /"other".*bystander/],
    ['an unknown job among others', 'wait', { job_id: [job_id, 'other'] }, /"other".*bystander/],
    ['no job', 'wait', { job_ids: [] }, /job_ids/],
    ['more than 20 jobs', 'wait', { job_ids: Array(21).fill(job_id) }, /job_ids.*20/],
    ['a pattern that is none', 'wait', { job_id, regex: '[' }, /regular expression.*pattern/],
    ['a pattern that is none', 'search', { job_id, regex: '(?<' }, /regular expression.*pattern/],
    ['a pattern without regex', 'wait', { job_id, until: 'pattern' }, /"regex"/],
    ['quiet_ms with until=output', 'wait', { job_id, until: 'output', quiet_ms: 100 }, /"quiet_ms".*output/],
    ['nothing to send', 'interact', { job_id }, /Pass input or keys\.$/],
    ['input and a key in one', 'interact', { job_id, input: 'x', keys: ['ctrl-c'] }, /call of its own/],
    ['input above 64 KiB', 'interact', { job_id, input: 'é'.repeat(40_000) }, /65536 bytes/],
  ];

for (const [what, tool, args, says] of CALLS) {
  test(`${tool} refuses ${what}: ${JSON.stringify(args).slice(0, 60)}`, () =>
    withoutEffect(session, async () => {
      assertRefused(await session.call(tool, args), says);
    }));
}

for (const tool of ['wait', 'output', 'tail', 'search', 'status', 'interact', 'kill', 'restart']) {
  test(`${tool} refuses an unknown job, and names the existing ones`, () =>
    withoutEffect(session, async () => {
      const args = { search: { regex: 'x' }, interact: { input: 'x' } }[tool];
      const reply = await session.call(tool, { job_id: 'nobody', ...args });
      assertRefused(reply, new RegExp(`"nobody".*${bystander.id}.*"bystander".*running`, 's'));
    }));
}

test('interact refuses a finished job', async () => {
  const { facts } = await run(session, 'true');
  for (const args of [{ input: 'x' }, { keys: ['ctrl-c'] }, { keys: ['ctrl-d'] }, { eof: true }]) {
    assertRefused(
      await session.call('interact', { job_id: facts.id, ...args }),
      /is not running.*[Rr]estart/,
    );
  }
});

test('interact refuses a job that was started without stdin', async () => {
  const id = await start(session, 'exec sleep 100', { stdin: 'closed' });
  for (const args of [{ input: 'x' }, { keys: ['ctrl-d'] }, { eof: true }]) {
    assertRefused(await session.call('interact', { job_id: id, ...args }), /stdin.*closed.*open/);
  }
});

test('interact refuses a job that closed its stdin, or whose stdin was closed', async () => {
  const own = await startReady(session, 'exec 0<&-; echo ready; exec sleep 100');
  assertRefused(await session.call('interact', { job_id: own.id, input: 'x' }), /stdin.*closed/);
  const ours = await startReady(session, 'echo ready; cat; echo end; exec sleep 100');
  await session.call('interact', { job_id: ours.id, eof: true });
  assertRefused(await session.call('interact', { job_id: ours.id, input: 'x' }), /stdin.*closed/);
});

test('an error about a missing shell names it', async (t) => {
  const other = await openSession(t, { args: ['--shell', '/no/such/shell'] });
  assertRefused(await other.call('execute', { command: 'true' }), /\/no\/such\/shell.*shell/s);
  assert.deepEqual(await listOf(other), []);
});

// Promise: shell-missing
test('a shell that cannot be run makes a failed job, and the reply says why', async (t) => {
  const shell = join(scratchFolder(t), 'shell');
  writeFileSync(shell, 'no program', { mode: 0o644 });
  const other = await openSession(t, { args: ['--shell', shell] });
  assertRefused(await other.call('execute', { command: 'true', name: 'dead' }), /could not start.*EACCES/);
  const [job] = await listOf(other);
  assert.equal(job?.status, 'failed');
  assert.match((await other.call('status', { job_id: 'dead' })).text, /error=.*EACCES/);
  assertRefused(await other.call('restart', { job_id: 'dead' }), /could not start.*EACCES/);
});

test('an unknown tool is a protocol error with the names of the existing ones', async () => {
  await assert.rejects(session.call('run', {}), { code: -32602, message: /"run".*execute.*restart/s });
});
