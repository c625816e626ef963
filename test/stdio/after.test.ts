import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../support/scratch.ts';
import { freePort, obedientServer } from './support/servers.ts';
import { assertRefused, listOf, shareSession, SOON, start, statusOf } from './support/session.ts';

const session = await shareSession();

async function tell(job: string, line: string): Promise<void> {
  const { isError, text } = await session.call('interact', { job_id: job, input: line });
  assert.equal(isError, false, text);
}

test('db, api after db and web after api start in order, in three calls without a wait between them', async () => {
  const port = await freePort();
  const api = 'sleep 0.2; echo "api is up"; exec sleep 100';
  const calls = await Promise.all([
    session.call('execute', { command: obedientServer(port), name: 'db', port, wait_s: 0 }),
    session.call('execute', { command: api, name: 'api', pattern: 'is up', wait_s: 0, after: ['db'] }),
    session.call('execute', { command: 'echo web; exec sleep 100', name: 'web', after: ['api'] }),
  ]);
  assert.deepEqual(
    calls.map(({ facts }) => [facts.status, facts.waits_for]),
    [
      ['running', undefined],
      ['queued', 'db'],
      ['queued', 'api'],
    ],
  );
  assert.match(calls[1].log, /^\[It starts when "db" is ready, or completed with exit code 0\.\]$/);
  const waiting = session.call('wait', { job_id: 'web', until: 'output', wait_s: SOON });
  await tell('db', 'open');
  const { facts, log } = await waiting;
  assert.deepEqual([facts.reason, facts.status, log], ['output', 'running', 'web\n']);
  const times = await Promise.all(['db', 'api', 'web'].map((name) => statusOf(session, name)));
  const [db, second, web] = times;
  assert.ok((db?.ready_since ?? '') <= (second?.started ?? ''), 'api starts when db is ready');
  assert.ok((second?.ready_since ?? '') <= (web?.started ?? ''), 'web starts when api is ready');
  assert.deepEqual([second?.after, web?.after], ['db', 'api']);
});

test('a job that is started together with the restart of the one before it waits for the new run', async () => {
  const { facts: old } = await session.call('execute', { command: 'exec sleep 100', name: 'base' });
  await session.call('kill', { job_id: old.id });
  const [restarted, next] = await Promise.all([
    session.call('restart', { job_id: 'base' }),
    session.call('execute', { command: 'true', after: ['base'] }),
  ]);
  assert.equal(next.facts.waits_for, 'base', next.text);
  const { after } = await statusOf(session, next.facts.id!);
  assert.equal(after, 'base');
  assert.notEqual(restarted.facts.id, old.id);
  await session.call('kill', { job_id: restarted.facts.id });
});

test('a job without a condition must complete first', async () => {
  const first = await start(session, 'read line; echo built', { name: 'build' });
  const second = await start(session, 'echo tested', { after: ['build', first] });
  const list = await listOf(session, { status: 'queued' });
  assert.deepEqual(
    list.map(({ id, status, waits_for }) => [id, status, waits_for]),
    [[second, 'queued', 'build']],
  );
  const { facts } = await session.call('wait', { job_id: second, wait_s: 0.2 });
  assert.deepEqual([facts.reason, facts.status], ['timeout', 'queued']);
  await tell(first, 'go');
  const { facts: end, log } = await session.call('wait', { job_id: second, wait_s: SOON });
  assert.deepEqual([end.reason, end.status, log], ['exit', 'completed', 'tested\n']);
});

test('a job after one that completed a moment ago starts at once', async () => {
  const { facts } = await session.call('execute', { command: 'true', wait_s: SOON });
  const reply = await session.call('execute', { command: 'echo done', after: [facts.id], wait_s: SOON });
  assert.deepEqual([reply.facts.status, reply.log], ['completed', 'done\n']);
});

// Promise: queue-failed
test('a failed job fails those after it, with its name and last lines, and they never start', async () => {
  const id = await start(session, 'read line; echo "no such table"; exit 4', { name: 'migrate' });
  const second = await start(session, 'echo never', { name: 'serve', after: ['migrate'] });
  const third = await start(session, 'echo never', { after: ['serve'] });
  const waits = [second, third].map((job) => session.call('wait', { job_id: job, wait_s: SOON }));
  await tell(id, 'go');
  const [serve, last] = await Promise.all(waits);
  assert.deepEqual(
    [serve?.facts.reason, serve?.facts.status, serve?.facts.exit_code],
    ['exit', 'failed', undefined],
  );
  const cause = `because the job "migrate" (${id}) failed with exit code 4.`;
  assert.ok(serve?.blocks[1]?.includes(`It was not started, ${cause}`), serve?.blocks[1]);
  assert.match(serve?.blocks[1] ?? '', / The last lines of "migrate":\nno such table\n$/);
  const chain = `It was not started, because the job "serve" (${second}) was not started, ${cause}`;
  assert.equal(last?.blocks[1], `${chain} The last lines of "migrate":\nno such table\n`);
  assert.equal((await statusOf(session, third)).error, chain);
  const status = await statusOf(session, second);
  assert.match(status.error ?? '', /migrate.*exit code 4/);
  assert.deepEqual([status.started, status.ran, status.ended_by], [undefined, undefined, undefined]);
  assert.match(status.requested ?? '', /^\d{4}-/);
  assert.equal((await session.call('output', { job_id: second })).log, '');
});

test('killing a job fails those after it, and killing a queued job leaves the others alone', async () => {
  const first = await start(session, 'exec sleep 100', { name: 'slow' });
  const second = await start(session, 'echo never', { name: 'queued-one', after: ['slow'] });
  const third = await start(session, 'echo never', { after: ['queued-one'] });
  const killed = await session.call('kill', { job_id: second });
  assert.deepEqual(
    [killed.facts.status, killed.facts.ended_by, killed.facts.processes_ended, killed.facts.survivors],
    ['killed', 'agent', '0', '0'],
  );
  const { started, ran, requested, ended_by } = await statusOf(session, second);
  assert.deepEqual([started, ran, ended_by], [undefined, undefined, 'agent']);
  assert.match(requested ?? '', /^\d{4}-/);
  const row = (await listOf(session)).find(({ id }) => id === second);
  assert.deepEqual([row?.started, row?.ran, row?.requested], [undefined, undefined, requested]);
  const { facts } = await session.call('wait', { job_id: third, wait_s: SOON });
  assert.deepEqual([facts.reason, facts.status], ['exit', 'failed']);
  assert.match((await statusOf(session, third)).error ?? '', /queued-one.*was killed \(agent\)/);
  assert.equal((await statusOf(session, first)).status, 'running');
});

test('a queued job takes no input, can be renamed and found, and keeps its name', async () => {
  await start(session, 'exec sleep 100', { name: 'first' });
  const id = await start(session, 'cat', { name: 'second', after: ['first'] });
  assertRefused(await session.call('interact', { job_id: id, input: 'x' }), /queued and has not started/);
  const same = await session.call('execute', { command: 'cat', name: 'second', after: ['first'] });
  assert.deepEqual([same.facts.existing, same.facts.id, same.facts.status], ['true', id, 'queued']);
  assertRefused(await session.call('execute', { command: 'other', name: 'second' }), /name "second" belongs/);
  const { facts } = await session.call('restart', { job_id: id });
  assert.deepEqual([facts.previous, facts.status, facts.waits_for], [id, 'queued', 'first']);
});

test('a restart waits for the job that has taken the place of the one it waited for', async () => {
  await start(session, 'exit 1', { name: 'base' });
  await session.call('wait', { job_id: 'base', wait_s: SOON });
  assertRefused(
    await session.call('execute', { command: 'echo ran', name: 'top', after: ['base'] }),
    /A job after "base" would never start, because the job "base" \(.*\) failed with exit code 1\. It printed nothing\./,
  );
  await start(session, 'read line; exit 0', { name: 'base' });
  const id = await start(session, 'echo ran', { name: 'top', after: ['base'] });
  await session.call('kill', { job_id: 'base' });
  await session.call('wait', { job_id: id, wait_s: SOON });
  const again = await start(session, 'read line; exit 0', { name: 'base' });
  const { facts } = await session.call('restart', { job_id: id });
  assert.deepEqual([facts.status, facts.waits_for], ['queued', 'base']);
  await tell(again, 'go');
  const { facts: end, log } = await session.call('wait', { job_id: 'top', wait_s: SOON });
  assert.deepEqual([end.status, log], ['completed', 'ran\n']);
});

// Promise: queue-restart
test('jobs that wait for a job wait for the new one when it is restarted, running or queued', async () => {
  const db = await start(session, 'read -r go; echo "db is up"; exec sleep 100', {
    ...{ name: 'restarted', pattern: 'is up', wait_s: 0 },
  });
  const api = await start(session, 'echo "api is up"; exec sleep 100', {
    ...{ name: 'above', after: [db], pattern: 'is up', wait_s: 0 },
  });
  const web = await start(session, 'echo web; exec sleep 100', { name: 'top', after: [api] });
  const { facts } = await session.call('restart', { job_id: db });
  assert.deepEqual([facts.previous, facts.status], [db, 'running']);
  assert.equal((await statusOf(session, db)).status, 'killed');
  const queued = await session.call('restart', { job_id: api });
  assert.deepEqual([queued.facts.status, queued.facts.waits_for], ['queued', 'restarted']);
  const { status, waits_for: others } = await statusOf(session, web);
  assert.deepEqual([status, others], ['queued', 'above']);
  await tell(facts.id!, 'go');
  const { facts: end, log } = await session.call('wait', { job_id: web, until: 'output', wait_s: SOON });
  assert.deepEqual([end.status, log], ['running', 'web\n']);
  const times = await Promise.all([facts.id!, queued.facts.id!, web].map((id) => statusOf(session, id)));
  assert.ok((times[0]?.ready_since ?? '') <= (times[1]?.started ?? ''));
  assert.ok((times[1]?.ready_since ?? '') <= (times[2]?.started ?? ''));
});

test('a job that cannot be restarted, because the one before it has failed, continues', async () => {
  const base = await start(session, 'echo up; read line; exit 1', {
    name: 'ground',
    regex: 'up',
    wait_s: SOON,
  });
  const id = await start(session, 'echo on top; exec sleep 100', { name: 'roof', after: ['ground'] });
  await session.call('wait', { job_id: id, regex: 'on top', wait_s: SOON });
  await tell(base, 'go');
  await session.call('wait', { job_id: base, wait_s: SOON });
  assertRefused(
    await session.call('restart', { job_id: id }),
    /A job after "ground" would never start, because the job "ground" .* exit code 1\. Its last lines: "up"\. Fix the cause and/,
  );
  assert.equal((await statusOf(session, id)).status, 'running');
});

test('names the jobs in the order in which they must be restarted, and accepts that order', async (t) => {
  const marker = join(scratchFolder(t), 'repaired');
  const root = await start(session, `read line; [ -e ${marker} ]`, { name: 'root' });
  await start(session, 'true', { name: 'stem', after: ['root'] });
  const leaf = await start(session, 'echo leaf', { name: 'leaf', after: ['stem'] });
  await tell(root, 'go');
  await session.call('wait', { job_id: leaf, wait_s: SOON });
  assertRefused(
    await session.call('restart', { job_id: 'leaf' }),
    /A job after "stem" would never start.* Fix the cause and restart "root" first, then "stem"\.$/,
  );
  writeFileSync(marker, '');
  assert.equal((await session.call('restart', { job_id: 'root' })).isError, false);
  // The first of them need not be restarted again.
  await tell('root', 'go');
  await session.call('wait', { job_id: 'root', wait_s: SOON });
  assertRefused(await session.call('restart', { job_id: 'leaf' }), /restart "stem" first\.$/);
  for (const name of ['stem', 'leaf']) {
    const { isError, text } = await session.call('restart', { job_id: name });
    assert.equal(isError, false, text);
    const { facts } = await session.call('wait', { job_id: name, wait_s: SOON });
    assert.equal(facts.status, 'completed');
  }
});

test('refuses a job that is unknown, or the job itself', async () => {
  assertRefused(
    await session.call('execute', { command: 'true', after: ['nobody'] }),
    /There is no job "nobody"/,
  );
  assertRefused(
    await session.call('execute', { command: 'true', name: 'loop', after: ['loop'] }),
    /"loop" cannot wait for itself/,
  );
  const { isError } = await session.call('execute', { command: 'true', after: Array(21).fill('x') });
  assert.equal(isError, true);
});

test('the last lines in a refusal are quoted one by one', async () => {
  await session.call('execute', { name: 'lines', command: 'echo one; echo two; exit 1', wait_s: SOON });
  assertRefused(
    await session.call('execute', { command: 'true', after: ['lines'] }),
    /Its last lines: "one", "two"\. Fix the cause/,
  );
});
