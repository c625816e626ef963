import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Reply } from '../support/mcp-session.ts';
import { scratchFolder } from '../support/scratch.ts';
import { isAlive } from './support/processes.ts';
import { assertRefused, run, shareSession, SOON, startReady, statusOf } from './support/session.ts';

const session = await shareSession();

test('stops a running job with all its processes, and starts it again', async () => {
  // It is not ready before the reply about its start.
  const command = 'sleep 100 & echo $!; pwd; echo "$WORD"; echo err >&2; read go; echo ready; wait';
  const options = { name: 'dev', cwd: '/', env: { WORD: 'kept' }, stderr: 'separate', kill_after_s: 90 };
  const condition = { regex: 'ready', wait_s: 0 };
  const { facts: first } = await session.call('execute', { command, ...options, ...condition });
  const untilReady = async (): Promise<Reply> => {
    await session.call('interact', { job_id: 'dev', input: 'go' });
    return session.call('wait', { job_id: 'dev', stream: 'stdout', regex: 'ready', wait_s: SOON });
  };
  const { log } = await untilReady();
  const { facts, blocks } = await session.call('restart', { job_id: 'dev' });
  assert.deepEqual(Object.keys(facts), ['id', 'name', 'status', 'ready', 'pid', 'previous']);
  assert.equal(blocks.length, 1);
  assert.equal(facts.name, 'dev');
  assert.equal(facts.status, 'running');
  assert.equal(facts.previous, first.id);
  assert.notEqual(facts.id, first.id);
  assert.deepEqual([first.pid, log.split('\n')[0]].map(Number).filter(isAlive), []);
  const again = await untilReady();
  assert.match(again.log, /^\d+\n\/\nkept\nready\n$/);
  const pick = ({ command, cwd, shell, stdin, stderr, kill_after_s }: Record<string, string | undefined>) => {
    return { command, cwd, shell, stdin, stderr, kill_after_s };
  };
  assert.deepEqual(
    pick(await statusOf(session, facts.id ?? '')),
    pick(await statusOf(session, first.id ?? '')),
  );
});

test('the old job keeps its log, and shows who stopped it', async () => {
  const first = await startReady(session, 'echo ready; exec sleep 100');
  await session.call('restart', { job_id: first.id });
  const { status, ended_by } = await statusOf(session, first.id);
  assert.equal(status, 'killed');
  assert.equal(ended_by, 'agent');
  assert.equal((await session.call('output', { job_id: first.id })).log, 'ready\n');
});

test('starts a finished job again', async () => {
  const { facts } = await run(session, 'echo "$$"; exit 4', { name: 'once', stdin: 'closed' });
  const restarted = await session.call('restart', { job_id: 'once' });
  assert.equal(restarted.facts.previous, facts.id);
  const ended = await session.call('wait', { job_id: restarted.facts.id, wait_s: SOON });
  assert.equal(ended.facts.exit_code, '4');
  assert.equal(ended.log, `${restarted.facts.pid}\n`);
  assert.equal((await statusOf(session, restarted.facts.id ?? '')).stdin, 'closed');
});

test('a name refers to the job that was started last', async () => {
  await run(session, 'true', { name: 'again' });
  const { facts } = await session.call('restart', { job_id: 'again' });
  await session.call('wait', { job_id: facts.id, wait_s: SOON });
  assert.equal((await statusOf(session, 'again')).id, facts.id);
});

test('refuses to restart an old job whose name belongs to a running one', async () => {
  const old = await run(session, 'read x', { name: 'taken', kill_after_s: 0.05 });
  const { facts } = await session.call('execute', { command: 'read x', name: 'taken' });
  const reply = await session.call('restart', { job_id: old.facts.id });
  if (!reply.isError) assert.equal(reply.facts.existing, 'true', reply.text);
  assert.equal((await statusOf(session, facts.id ?? '')).status, 'running');
});

test('says what to do about a folder that is gone, as far as a restart can do it', async (t) => {
  const cwd = join(scratchFolder(t), 'folder');
  mkdirSync(cwd);
  const { id } = await startReady(session, 'echo ready; exec sleep 100', { cwd });
  rmdirSync(cwd);
  const advice = 'or kill the job and execute its command with another cwd\\.$';
  assertRefused(
    await session.call('restart', { job_id: id }),
    new RegExp(`does not exist\\. Create it and restart the job again, ${advice}`),
  );
  writeFileSync(cwd, '');
  assertRefused(
    await session.call('restart', { job_id: id }),
    new RegExp(`is not a folder\\. Make .*, ${advice}`),
  );
  assert.equal((await statusOf(session, id)).status, 'running');
});

for (const [job, name, isRunning] of [
  ['a named job', 'raced', true],
  ['a job without a name', undefined, true],
  ['a finished job without a name', undefined, false],
] as const)
  test(`restarts of ${job} at the same time all return the one new job`, async () => {
    const { facts } = await session.call('execute', { command: 'exec sleep 100', name });
    if (!isRunning) await session.call('kill', { job_id: facts.id });
    const restart = () => session.call('restart', { job_id: facts.id });
    const replies = await Promise.all([1, 2, 3].map(restart));
    const { text } = await session.call('list', { status: 'running' });
    const ids = replies.map((each) => each.facts.id);
    assert.deepEqual(new Set(ids).size, 1, text);
    assert.deepEqual(replies.map((each) => each.facts.existing ?? '').sort(), ['', 'true', 'true']);
  });
