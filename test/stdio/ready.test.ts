import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen } from './support/processes.ts';
import { freePort, obedientServer } from './support/servers.ts';
import { assertRefused, listOf, shareSession, SOON, start, statusOf } from './support/session.ts';

const session = await shareSession();
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

async function tell(job: string, line: string): Promise<void> {
  const { isError, text } = await session.call('interact', { job_id: job, input: line });
  assert.equal(isError, false, text);
}

const untilReady = (job: string, timeout = SOON) =>
  session.call('wait', { job_id: job, until: 'ready', wait_s: timeout });

const pick = ({ ready, ready_when }: Readonly<Record<string, string>>): object => ({ ready, ready_when });

/** Waits until the runner has noticed that a job is no longer ready. There is no event for clients. */
async function untilUnready(job: string): Promise<void> {
  for (let count = 0; count < 1000; count++) {
    if ((await statusOf(session, job)).ready === 'false') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail('It stayed ready.');
}

test('the port that execute waits for says when the job is ready, from then on', async () => {
  const port = await freePort();
  const id = await start(session, obedientServer(port), { name: 'port-server', port, wait_s: 0.1 });
  assert.equal((await statusOf(session, id)).ready, 'false');
  await tell(id, 'open');
  const { facts } = await session.call('wait', { job_id: id, until: 'port', port, wait_s: SOON });
  assert.equal(facts.reason, 'port');
  assert.match(facts.ready_since ?? '', TIME);
  const status = await statusOf(session, 'port-server');
  assert.equal(status.ready_since, facts.ready_since);
  assert.equal(status.ready_when, `port ${port}`);
  const [row] = (await listOf(session)).filter(({ name }) => name === 'port-server');
  assert.equal(row?.ready_since, facts.ready_since);
});

// Promise: ready-port-closed
test('without a number, a job is ready while it listens on any port, also after a restart', async () => {
  const [port, other] = [await freePort(), await freePort()];
  const id = await start(session, obedientServer(port, other), {
    name: 'any-port',
    until: 'port',
    wait_s: 0.1,
  });
  assert.deepEqual(pick(await statusOf(session, id)), { ready: 'false', ready_when: 'any port' });
  await tell(id, 'open');
  const first = await untilReady(id);
  assert.equal(first.facts.reason, 'ready');
  await tell(id, 'close');
  await untilUnready(id);
  await tell(id, 'open other');
  const again = await untilReady(id);
  assert.equal(again.facts.reason, 'ready');
  assert.notEqual(again.facts.ready_since, first.facts.ready_since);
  const after = await start(session, 'echo next', { after: ['any-port'], until: 'exit', wait_s: SOON });
  assert.equal((await statusOf(session, after)).status, 'completed');
  const restarted = await session.call('restart', { job_id: id });
  assert.deepEqual(pick(await statusOf(session, restarted.facts.id!)), {
    ready: 'false',
    ready_when: 'any port',
  });
});

test('a wait for any port brings the readiness of the job up to date', async () => {
  const id = await start(session, obedientServer(await freePort()), { until: 'port', wait_s: 0.1 });
  await tell(id, 'open');
  const { facts } = await session.call('wait', { job_id: id, until: 'port', wait_s: SOON });
  assert.equal(facts.reason, 'port');
  assert.match(facts.ready_since ?? '', TIME);
});

// Promise: ready-port-closed
test('a job whose port closes is not ready, until it opens the port again', async () => {
  const port = await freePort();
  const id = await start(session, obedientServer(port), { port, wait_s: 0.1 });
  await tell(id, 'open');
  const first = await untilReady(id);
  assert.equal(first.facts.reason, 'ready');
  await tell(id, 'close');
  await untilUnready(id);
  const waiting = untilReady(id);
  await tell(id, 'open');
  const again = await waiting;
  assert.equal(again.facts.reason, 'ready');
  assert.notEqual(again.facts.ready_since, first.facts.ready_since);
});

test('status and wait say that another job opened the port that made a job ready', async () => {
  const port = await freePort();
  const id = await start(session, 'exec sleep 100', { port, wait_s: 0.1 });
  const other = await start(session, obedientServer(port));
  await tell(other, 'open');
  const waited = await untilReady(id);
  for (const facts of [waited.facts, await statusOf(session, id)]) {
    assert.match(facts.ready_since ?? '', TIME);
    assert.deepEqual([facts.port_of_job, facts.port_opened_by], ['false', other]);
  }
  await tell(other, 'close');
  await untilUnready(id);
  assert.equal((await statusOf(session, id)).port_of_job, undefined);
});

test('a port that another process had before is not ready until the job has it', async (t) => {
  const { port, server } = await listen();
  t.after(() => server.close());
  const id = await start(session, obedientServer(port), { port, wait_s: 0.1 });
  const { facts } = await untilReady(id, 0.5);
  assert.deepEqual([facts.reason, facts.ready], ['timeout', 'false']);
  await new Promise((resolve) => server.close(resolve));
  await tell(id, 'open');
  assert.equal((await untilReady(id)).facts.reason, 'ready');
});

test('the pattern that execute waits for says when the job is ready, also later and in other sessions', async () => {
  const id = await start(session, 'read line; echo "now ready"; exec sleep 100', {
    ...{ pattern: '^now (ready|up)$', wait_s: 0 },
  });
  assert.equal((await statusOf(session, id)).ready, 'false');
  await tell(id, 'go');
  const { facts, log } = await untilReady(id);
  assert.equal(facts.reason, 'ready');
  assert.match(log, /^now ready$/m);
  assert.match((await statusOf(session, id)).ready_since ?? '', TIME);
});

test('restart waits until the new job is ready', async () => {
  const command = 'sleep 0.3; echo started; exec sleep 100';
  const id = await start(session, command, { pattern: 'started', wait_s: SOON });
  const { facts, isError, text } = await session.call('restart', { job_id: id, wait_s: SOON });
  assert.equal(isError, false, text);
  assert.deepEqual([facts.reason, facts.previous], ['ready', id]);
  assert.match(facts.ready_since ?? '', TIME);
});

test('a job that exits before it is ready ends the wait', async () => {
  const id = await start(session, 'echo no; exit 3', { pattern: 'ready', wait_s: 0 });
  const { facts } = await untilReady(id);
  assert.deepEqual([facts.reason, facts.status, facts.exit_code], ['exit', 'failed', '3']);
  assert.equal(facts.ready_since, undefined);
});

test('a reply to a job that prints its pattern and exits at once shows that it is ready, or its end', async () => {
  // One after the other: with several at a time, the end of each is known by the time of the reply.
  for (let count = 0; count < 20; count++) {
    const args = { command: 'sleep 0.1; echo up', regex: 'up', wait_s: SOON };
    const { facts, text } = await session.call('execute', args);
    assert.equal(facts.reason, 'pattern', text);
    if (facts.status === 'running') assert.match(facts.ready_since ?? '', TIME, text);
    else assert.deepEqual([facts.status, facts.exit_code], ['completed', '0'], text);
  }
});

test('a job without a condition cannot be waited for', async () => {
  const id = await start(session, 'exec sleep 100');
  assertRefused(await untilReady(id), /not known when this job is ready.*until=port/);
  assertRefused(await session.call('execute', { command: 'true', until: 'ready' }), /Use until="port"/);
});

// Promise: ready-pattern-stuck
test('a pattern that takes too long is reported, and fails the jobs that wait for it', async () => {
  const id = await start(session, `printf '%s\\n' ${'a'.repeat(60)}!; exec sleep 100`, {
    ...{ pattern: '^(a+)+$', wait_s: 0 },
  });
  const after = await start(session, 'echo never', { after: [id] });
  assertRefused(
    await untilReady(id),
    /cannot be found out when the job is ready: The pattern .* takes too long/,
  );
  assert.match((await statusOf(session, id)).ready_error ?? '', /takes too long/);
  const { facts } = await session.call('wait', { job_id: after, timeout_s: SOON });
  assert.deepEqual([facts.reason, facts.status], ['exit', 'failed']);
  assert.match(
    (await statusOf(session, after)).error ?? '',
    /runs, but is never known to be ready.*too long/,
  );
  assert.equal((await statusOf(session, id)).status, 'running');
});
