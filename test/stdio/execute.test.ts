import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSession, type Reply, storageFolder } from '../support/mcp-session.ts';
import { isAlive } from './support/processes.ts';
import { assertRefused, run, shareSession, SOON, start, statusOf, untilExit } from './support/session.ts';

const session = await shareSession();

test('returns id, name, status and pid immediately', async () => {
  const { facts, log, blocks } = await session.call('execute', { command: 'exec sleep 100', name: 'long' });
  assert.deepEqual(Object.keys(facts), ['id', 'name', 'status', 'pid']);
  assert.match(facts.id ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  assert.equal(facts.name, 'long');
  assert.equal(facts.status, 'running');
  assert.equal(isAlive(Number(facts.pid)), true);
  assert.equal(log, '');
  assert.equal(blocks.length, 1);
});

test('reports the pid of the shell', async () => {
  const { facts, log } = await run(session, 'echo $$; true');
  assert.equal(log, `${facts.pid}\n`);
});

test('wait_s returns the output when the job exits', async () => {
  const { facts, log } = await run(session, 'echo done; exit 3');
  assert.equal(facts.reason, 'exit');
  assert.equal(facts.status, 'failed');
  assert.equal(facts.exit_code, '3');
  assert.equal(facts.cursor, '0');
  assert.equal(facts.next_cursor, '5');
  assert.equal(facts.left, '0');
  assert.equal(log, 'done\n');
});

test('wait_s returns after its time while the job keeps running', async () => {
  const reply = await session.call('execute', { command: 'sleep 100', wait_s: 0.1 });
  assert.equal(reply.facts.reason, 'timeout');
  assert.equal(reply.facts.status, 'running');
  assert.equal((await statusOf(session, reply.facts.id ?? '')).status, 'running');
});

test('wait_s=0 does not wait, whatever the condition', async () => {
  const { facts } = await session.call('execute', { command: 'sleep 100', until: 'exit', wait_s: 0 });
  assert.equal(facts.status, 'running');
  assert.equal(facts.reason, undefined);
});

test('until without wait_s waits for the exit, a pattern, silence or any output', async () => {
  const exit = await session.call('execute', { command: 'echo a', until: 'exit' });
  assert.equal(exit.facts.reason, 'exit');
  assert.equal(exit.log, 'a\n');
  const command = 'echo one; echo two; exec sleep 100';
  const pattern = await session.call('execute', { command, until: 'pattern', regex: '^tw.$' });
  assert.equal(pattern.facts.reason, 'pattern');
  assert.equal(pattern.facts.match, 'two');
  const quiet = await session.call('execute', { command, until: 'quiet', quiet_ms: 200 });
  assert.equal(quiet.facts.reason, 'quiet');
  const output = await session.call('execute', { command, until: 'output' });
  assert.equal(output.facts.reason, 'output');
  assert.match(output.log, /^one\n/);
});

test('pattern, port and quiet_ms imply until', async () => {
  const command = 'echo one; exec sleep 100';
  assert.equal((await session.call('execute', { command, regex: 'one' })).facts.reason, 'pattern');
  assert.equal((await session.call('execute', { command, quiet_ms: 100 })).facts.reason, 'quiet');
  const port = await session.call('execute', { command, port: 1, wait_s: 0.1 });
  assert.equal(port.facts.reason, 'timeout');
  assert.match(port.blocks[1] ?? '', /"until":"port","port":1/);
});

test('runs in the folder of the server, in another one, or in a relative one', async (t) => {
  const cwd = storageFolder(t);
  mkdirSync(join(cwd, 'below'));
  const other = await openSession(t, { args: ['--cwd', cwd] });
  assert.equal((await run(other, 'pwd')).log, `${cwd}\n`);
  assert.equal((await run(other, 'pwd', { cwd: 'below' })).log, `${join(cwd, 'below')}\n`);
  assert.equal((await run(other, 'pwd', { cwd: '/' })).log, '/\n');
});

test('env adds to the environment of the server', async () => {
  const { log } = await run(session, 'echo "$GREETING,$EMPTY,${HOME:+home}"', {
    env: { GREETING: 'a "b" $c\nd', EMPTY: '' },
  });
  assert.equal(log, 'a "b" $c\nd,,home\n');
});

test('output is not buffered for lack of a terminal, and no pager waits for a key', async () => {
  const { log } = await run(session, 'echo $PYTHONUNBUFFERED $PAGER $GIT_PAGER');
  assert.equal(log, '1 cat cat\n');
});

// Promise: hidden-values
test('no reply shows a value of env', async () => {
  const job_id = 'secretive';
  const env = { TOKEN: SECRET };
  const replies = [
    await session.call('execute', { command: 'echo ${#TOKEN}; cat', name: job_id, env, until: 'output' }),
    await session.call('status', { job_id }),
    await session.call('list'),
    await session.call('output', { job_id }),
    await session.call('tail', { job_id }),
    await session.call('search', { job_id, regex: '.' }),
    await session.call('wait', { job_id, wait_s: 0.1 }),
    await session.call('interact', { job_id, input: 'x' }),
    await session.call('restart', { job_id }),
    await session.call('execute', { command: 'other', name: job_id, env }),
    await session.call('wait', { job_id, until: 'output', wait_s: SOON }),
    await session.call('kill', { job_id }),
  ];
  assert.deepEqual(showing(replies), []);
  assert.equal(replies[0]?.log, `${SECRET.length}\n`);
  assert.equal(replies.at(-1)?.log, `${SECRET.length}\n`, 'it has them when it is started again');
});

test('an error about an invalid environment shows no value of env', async () => {
  const replies = [
    await session.call('execute', { command: 'true', env: { TOKEN: `${SECRET}\0` } }),
    await session.call('execute', { command: 'true', env: { TOKEN: SECRET.repeat(20_000) } }),
    await session.call('list'),
  ];
  assert.deepEqual(showing(replies), []);
});

test('stdin=closed: the command reads end of file immediately', async () => {
  const id = await start(session, 'cat; echo end', { stdin: 'closed', wait_s: SOON });
  assert.equal((await session.call('output', { job_id: id })).log, 'end\n');
  assert.equal((await statusOf(session, id)).stdin, 'closed');
});

test('stdin=open: the command waits for input', async () => {
  const id = await start(session, 'cat; echo end', { stdin: 'open' });
  await session.call('interact', { job_id: id, input: 'a', eof: true });
  assert.equal((await untilExit(session, id)).status, 'completed');
  assert.equal((await session.call('output', { job_id: id })).log, 'a\nend\n');
});

test('kill_after_s stops the job with all its processes', async () => {
  const { facts, log } = await run(session, 'sleep 100 & echo $!; wait', { kill_after_s: 0.3 });
  assert.equal(facts.status, 'killed');
  assert.equal(facts.ended_by, 'timeout');
  assert.equal(isAlive(Number(log)), false);
  assert.equal((await statusOf(session, facts.id ?? '')).kill_after_s, '0.3');
});

test('returns a running job with the same name, command and folder', async () => {
  const args = { command: 'echo ready; exec sleep 100', name: 'same' };
  const first = await session.call('execute', args);
  const second = await session.call('execute', { ...args, until: 'pattern', regex: 'ready' });
  assert.equal(first.facts.existing, undefined);
  assert.equal(second.facts.existing, 'true');
  assert.equal(second.facts.id, first.facts.id);
  assert.equal(second.facts.pid, first.facts.pid);
  assert.equal(second.facts.reason, 'pattern');
  assert.equal(second.log, 'ready\n');
});

test('refuses the name of a running job for another command or folder', async () => {
  const id = await start(session, 'exec sleep 100', { name: 'mine' });
  const command = await session.call('execute', { command: 'exec sleep 101', name: 'mine' });
  assertRefused(command, /"mine".*exec sleep 100.*(another|other) name.*kill/s);
  const folder = await session.call('execute', { command: 'exec sleep 100', name: 'mine', cwd: '/' });
  assertRefused(folder, /"mine".*folder.*(another|other) name.*kill/s);
  assert.equal((await statusOf(session, id)).status, 'running');
});

test('the name of a finished job is free', async () => {
  const first = await run(session, 'true', { name: 'again' });
  const second = await run(session, 'false', { name: 'again' });
  assert.notEqual(second.facts.id, first.facts.id);
  assert.equal(second.facts.existing, undefined);
});

test('starts many jobs at the same time', async () => {
  const numbers = Array.from({ length: 30 }, (_, number) => number);
  const replies = await Promise.all(numbers.map((number) => run(session, `echo ${number}`)));
  assert.deepEqual(
    replies.map(({ log }) => log),
    numbers.map((number) => `${number}\n`),
  );
});

test('a name can contain any characters', async () => {
  const name = 'a "b"\n\\ next_cursor=7 é';
  const { facts } = await run(session, 'echo x', { name });
  assert.equal(facts.name, name);
  assert.equal(facts.next_cursor, '2');
  assert.equal((await statusOf(session, name)).id, facts.id);
});

const SECRET = 'hunter2-f00d';

function showing(replies: readonly Reply[]): string[] {
  return replies.flatMap(({ blocks }) => blocks).filter((text) => text.includes(SECRET));
}

test('expands ~ in cwd to the home folder', async (t) => {
  const home = storageFolder(t);
  mkdirSync(join(home, 'inner'));
  const other = await openSession(t, { env: { HOME: home } });
  for (const [cwd, expected] of [
    ['~', home],
    ['~/inner', join(home, 'inner')],
  ] as const) {
    assert.equal((await run(other, 'pwd', { cwd })).log, `${expected}\n`);
  }
  const { isError, text } = await other.call('execute', { command: 'true', cwd: '~nobody' });
  assert.equal(isError, true);
  assert.match(text, /~nobody" does not exist/);
});
