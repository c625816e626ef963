import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSession, runnersOf, storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive, untilGone } from './support/processes.ts';
import { answerOf, assertRefused, listOf, run, start, startReady } from './support/session.ts';

// Promise: shared-storage
test("two sessions on one storage see, read, answer and stop each other's jobs", async (t) => {
  const storage = storageFolder(t);
  const [a, b] = [await openSession(t, { storage }), await openSession(t, { storage })];
  const early = await run(b, 'echo early');
  const { id, pid } = await startReady(a, 'echo ready; read x; echo "got $x"; exec sleep 100', {
    name: 'of-a',
  });
  await eventually('it is listed', async () => (await listOf(b)).some((job) => job.id === id));
  assert.equal(
    (await listOf(a)).some((job) => job.id === early.facts.id),
    true,
  );
  assert.equal((await b.call('output', { job_id: 'of-a' })).log, 'ready\n');
  const waiting = a.call('wait', { job_id: id, regex: 'got', wait_s: 45 });
  assert.equal(await answerOf(b, id, 'it'), 'got it\n');
  assert.equal((await waiting).facts.match, 'got it');
  const end = a.call('wait', { job_id: id, wait_s: 45 });
  assert.equal((await b.call('kill', { job_id: 'of-a' })).facts.status, 'killed');
  assert.equal((await end).facts.status, 'killed');
  assert.equal(isAlive(pid), false);
  assert.equal(runnersOf(storage).length, 1);
});

test('a session that started nothing sees what another one starts later', async (t) => {
  const storage = storageFolder(t);
  const [a, b] = [await openSession(t, { storage }), await openSession(t, { storage })];
  assert.deepEqual(await listOf(b), []);
  const running = await start(a, 'exec sleep 100', { name: 'later' });
  assert.equal((await listOf(b))[0]?.id, running);
  assert.equal((await b.call('kill', { job_id: 'later' })).facts.status, 'killed');
  assert.equal((await a.call('wait', { job_id: running })).facts.status, 'killed');
});

test('a session sees what another one ran from beginning to end', async (t) => {
  const storage = storageFolder(t);
  const [a, b] = [await openSession(t, { storage }), await openSession(t, { storage })];
  assert.deepEqual(await listOf(b), []);
  const { facts } = await run(a, 'echo done', { name: 'short' });
  assert.equal((await listOf(b))[0]?.id, facts.id);
  assert.equal((await b.call('output', { job_id: 'short' })).log, 'done\n');
});

test('the end of one session does not stop the jobs of another', async (t) => {
  const storage = storageFolder(t);
  const [a, b] = [await openSession(t, { storage }), await openSession(t, { storage })];
  const ofA = await startReady(a, 'echo ready; exec sleep 100');
  const ofB = await startReady(b, 'echo ready; read x; echo more; exec sleep 100');
  await a.close();
  await untilGone(ofA.pid);
  assert.equal(await answerOf(b, ofB.id, ''), 'more\n');
  assert.equal((await b.call('wait', { job_id: ofA.id })).facts.ended_by, 'shutdown');
  const [runner = 0] = runnersOf(storage);
  await b.close();
  await untilGone(ofB.pid, runner);
});

test('all sessions of a storage share the names', async (t) => {
  const storage = storageFolder(t);
  const [a, b] = [await openSession(t, { storage }), await openSession(t, { storage })];
  const id = await start(a, 'exec sleep 100', { name: 'one' });
  const same = await b.call('execute', { command: 'exec sleep 100', name: 'one' });
  assert.equal(same.facts.existing, 'true');
  assert.equal(same.facts.id, id);
  assertRefused(await b.call('execute', { command: 'true', name: 'one' }), /"one"/);
});

test('the limit applies to the running jobs of all sessions', async (t) => {
  const storage = storageFolder(t);
  const args = ['--max-concurrent-jobs', '2'];
  const [a, b] = [await openSession(t, { storage, args }), await openSession(t, { storage, args })];
  await start(a, 'exec sleep 100', { name: 'in-a' });
  await start(b, 'exec sleep 100', { name: 'in-b' });
  for (const session of [a, b]) {
    const { facts, text } = await session.call('execute', { command: 'true' });
    assert.equal(facts.status, 'queued');
    assert.match(text, /2 jobs run.*in-/s);
  }
});

test('sessions that start their first jobs at the same moment share one runner', async (t) => {
  const storage = storageFolder(t);
  const sessions = await Promise.all([1, 2, 3].map(() => openSession(t, { storage })));
  const replies = await Promise.all(sessions.map((session, at) => run(session, `echo ${at}; exit ${at}`)));
  assert.deepEqual(
    replies.map(({ log }) => log),
    ['0\n', '1\n', '2\n'],
  );
  await eventually('one runner is left', () => runnersOf(storage).length === 1);
  for (const session of sessions) {
    await eventually('all jobs are listed', async () => (await listOf(session)).length === 3);
  }
});

// Promise: shared-storage
test('sessions on different folders of storage know nothing of each other', async (t) => {
  const [a, b] = [await openSession(t), await openSession(t)];
  await run(a, 'true', { name: 'mine' });
  assert.deepEqual(await listOf(b), []);
  assertRefused(await b.call('status', { job_id: 'mine' }), /no job "mine"/);
});

test('each working folder has its own storage by default', async (t) => {
  const state = storageFolder(t);
  const folders = [storageFolder(t), storageFolder(t)];
  const env = { XDG_STATE_HOME: state };
  const open = (cwd: string | undefined) => openSession(t, { storage: '', args: ['--cwd', cwd ?? ''], env });
  const a = await open(folders[0]);
  const { facts } = await run(a, 'true');
  assert.deepEqual(await listOf(await open(folders[1])), []);
  assert.equal((await listOf(await open(folders[0])))[0]?.id, facts.id);
});
