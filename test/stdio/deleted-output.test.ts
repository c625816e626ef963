import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type McpSession, openSession, runnersOf, type Scope } from '../support/mcp-session.ts';
import { eventually } from './support/processes.ts';
import { assertRefused, listOf, run, SOON, start, statusOf } from './support/session.ts';

/** Prints more than all logs together may have, and how much that is. */
const PRINT = 'seq 1 200000';
const SIZE = 1_288_895;
const NOTE = `[The ${SIZE} bytes of output are no longer kept. The oldest output is deleted to save space.]`;
/** What is said if something else than the server deleted it. */
const GONE = `[The ${SIZE} bytes of output are gone: the files of the log are not in the storage folder any more.]`;
const LEAST = ['--max-total-size', '1MB'];
const HOUR_MS = 3_600_000;

/** Opens a session in which the jobs of an earlier one ended an hour ago: those that have just ended keep their output. */
async function openLater(t: Scope, first: McpSession, args: readonly string[] = LEAST): Promise<McpSession> {
  const { storage } = first;
  await first.close();
  await eventually('the runner ends', () => runnersOf(storage).length === 0);
  for (const name of ['journal.base.jsonl', 'journal.jsonl']) {
    const path = join(storage, name);
    if (!existsSync(path)) continue;
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replace(/"endedAt":(\d+)/g, (_, time) => `"endedAt":${Number(time) - HOUR_MS}`),
    );
  }
  return openSession(t, { storage, args });
}

/** Checks what replies say about a job whose output was deleted. */
async function assertDeleted(session: McpSession, id: string, note = NOTE): Promise<void> {
  const whole = await session.call('output', { job_id: id });
  const { cursor, next_cursor, left, dropped } = whole.facts;
  assert.deepEqual([cursor, next_cursor, left, dropped], [`${SIZE}`, `${SIZE}`, '0', `${SIZE}`]);
  assert.equal(whole.log, note);
  const rest = await session.call('output', { job_id: id, cursor: 7633 });
  assert.deepEqual([rest.facts.dropped, rest.log], [`${SIZE - 7633}`, note]);
  const nothing = await session.call('output', { job_id: id, cursor: SIZE });
  assert.deepEqual([nothing.facts.dropped, nothing.log], [undefined, '']);
  const { log_end, log_dropped } = await statusOf(session, id);
  assert.deepEqual([log_end, log_dropped], [`${SIZE}`, `${SIZE}`]);
  const tail = await session.call('tail', { job_id: id });
  assert.deepEqual([tail.facts.lines, tail.facts.dropped, tail.log], ['0', `${SIZE}`, note]);
  const search = await session.call('search', { job_id: id, regex: '^7$', cursor: 100 });
  const { matches, next_cursor: next, dropped: missing } = search.facts;
  assert.deepEqual([matches, next, missing, search.log], ['0', `${SIZE}`, `${SIZE - 100}`, note]);
  const wait = await session.call('wait', { job_id: id, regex: '^7$', cursor: 100 });
  assert.deepEqual([wait.facts.reason, wait.facts.dropped, wait.log], ['exit', `${SIZE - 100}`, note]);
  assertRefused(await session.call('output', { job_id: id, cursor: SIZE + 1 }), /beyond the end/);
  const { contents } = await session.client.readResource({ uri: `job://${id}/log` });
  assert.equal((contents[0] as { text: string }).text, note);
}

// Promise: finished-output-deleted
test('cursors stay valid when the output was deleted to save space, and replies say so', async (t) => {
  const first = await openSession(t);
  const { facts } = await run(first, PRINT, { name: 'long' });
  await run(first, 'echo short', { name: 'short' });
  const session = await openLater(t, first);
  assert.equal(await jobCount(session), 2);
  await assertDeleted(session, facts.id ?? '');
  assert.equal((await session.call('output', { job_id: 'short' })).log, 'short\n');
  await session.close();
  await assertDeleted(await openSession(t, { storage: first.storage }), facts.id ?? '');
});

// Promise: finished-output-deleted
test('cursors stay valid when the folder of a log was deleted, also in a running server', async (t) => {
  const session = await openSession(t);
  const { facts } = await run(session, PRINT);
  const id = facts.id ?? '';
  await session.call('output', { job_id: id });
  rmSync(join(session.storage, 'jobs', id), { recursive: true });
  await assertDeleted(session, id, GONE);
});

// Promise: finished-output-deleted
test('cursors stay valid when the folder of the log of a running job was deleted, and replies say so', async (t) => {
  const session = await openSession(t);
  const id = await start(session, 'echo hello; while read x; do echo "got $x"; done');
  await session.call('wait', { job_id: id, regex: '^hello$' });
  assert.equal((await session.call('tail', { job_id: id })).facts.next_cursor, '6');
  rmSync(join(session.storage, 'jobs', id), { recursive: true });
  const gone = GONE.replace(`${SIZE}`, '6');
  const tail = await session.call('tail', { job_id: id });
  assert.deepEqual([tail.facts.cursor, tail.facts.next_cursor, tail.facts.dropped], ['6', '6', '6']);
  assert.equal(tail.log, gone);
  const { log_end, log_dropped } = await statusOf(session, id);
  assert.deepEqual([log_end, log_dropped], ['6', '6']);
  const output = await session.call('output', { job_id: id, cursor: 2 });
  assert.deepEqual([output.facts.dropped, output.facts.next_cursor, output.log], ['4', '6', gone]);
  const search = await session.call('search', { job_id: id, regex: 'hello' });
  assert.deepEqual([search.facts.matches, search.facts.next_cursor, search.log], ['0', '6', gone]);
  // The log begins again within a second.
  await eventually('output is kept again', async () => {
    await session.call('interact', { job_id: id, input: 'it' });
    const later = await session.call('output', { job_id: id, cursor: 6 });
    return later.log.endsWith('got it\n');
  });
});

// Promise: finished-output-deleted
test('the cursors of a running job whose log was deleted are valid for clients that have not read it before', async (t) => {
  const first = await openSession(t);
  const id = await start(first, 'seq 1 5; while read x; do echo "got $x"; done');
  await first.call('wait', { job_id: id, regex: '^5$' });
  rmSync(join(first.storage, 'jobs', id), { recursive: true });
  const gone = GONE.replace(`${SIZE}`, '10');
  const open = () => openSession(t, { storage: first.storage });
  const tail = await (await open()).call('tail', { job_id: id });
  assert.deepEqual([tail.facts.cursor, tail.facts.next_cursor, tail.facts.dropped], ['10', '10', '10']);
  assert.equal(tail.log, gone);
  const { log_end, log_dropped } = await statusOf(await open(), id);
  assert.deepEqual([log_end, log_dropped], ['10', '10']);
  const output = await (await open()).call('output', { job_id: id, cursor: 10 });
  assert.deepEqual([output.facts.next_cursor, output.facts.dropped, output.log], ['10', undefined, '']);
  const search = await (await open()).call('search', { job_id: id, regex: '^5$', cursor: 10 });
  assert.deepEqual([search.facts.matches, search.facts.next_cursor], ['0', '10']);
  const wait = await (await open()).call('wait', { job_id: id, cursor: 10, until: 'output', wait_s: 0 });
  assert.deepEqual([wait.facts.reason, wait.facts.next_cursor], ['timeout', '10']);
  const { contents } = await (await open()).client.readResource({ uri: `job://${id}/log` });
  assert.equal((contents[0] as { text: string }).text, gone);
  const other = await open();
  assertRefused(await other.call('output', { job_id: id, cursor: 11 }), /beyond the end of the log \(10\)/);
  const asked = await (await open()).call('interact', { job_id: id, input: 'it' });
  assert.equal(asked.facts.cursor, '10');
});

// Promise: finished-output-deleted
test('a wait knows the end of a log that was written and deleted while it waited', async (t) => {
  const session = await openSession(t);
  const listen = "process.stdin.once('data', () => require('net').createServer().listen(0))";
  const id = await start(session, `read x; seq 1 5; exec '${process.execPath}' -e "${listen}"`);
  const other = await openSession(t, { storage: session.storage });
  const waiting = other.call('wait', { job_id: id, until: 'port', wait_s: SOON });
  await session.call('interact', { job_id: id, input: 'print' });
  await session.call('wait', { job_id: id, regex: '^5$' });
  rmSync(join(session.storage, 'jobs', id), { recursive: true });
  await session.call('interact', { job_id: id, input: 'listen' });
  const { facts, log } = await waiting;
  assert.deepEqual([facts.reason, facts.next_cursor, facts.dropped], ['port', '10', '10']);
  assert.equal(log, GONE.replace(`${SIZE}`, '10'));
});

// Promise: job-folder-deleted
test('the first line behind output that was deleted is whole', async (t) => {
  const session = await openSession(t);
  const id = await start(session, 'echo hello; while read x; do echo "got $x"; done');
  await session.call('wait', { job_id: id, regex: '^hello$' });
  rmSync(join(session.storage, 'jobs', id), { recursive: true });
  await eventually('output is kept again', async () => {
    await session.call('interact', { job_id: id, input: 'it' });
    return (await session.call('tail', { job_id: id })).log.endsWith('got it\n');
  });
  for (const tool of ['tail', 'output']) {
    const { facts, log } = await session.call(tool, { job_id: id });
    assert.equal(facts.continued, undefined);
    assert.match(log, /^(got it\n|\[repeated \d+ more times\]\n)+$/);
  }
});

test('the output of a lost job is deleted like that of any other', async (t) => {
  const first = await openSession(t);
  const id = await start(first, `${PRINT}; exec sleep 100`);
  await first.call('wait', { job_id: id, regex: '^200000$' });
  for (const runner of runnersOf(first.storage)) process.kill(runner, 'SIGKILL');
  await eventually('the job is lost', async () => (await statusOf(first, id)).status === 'lost');
  const session = await openLater(t, first);
  assert.equal(await jobCount(session), 1);
  await assertDeleted(session, id);
});

test('problems stay known when the output is deleted', async (t) => {
  const first = await openSession(t);
  const error = "src/a.ts(3,7): error TS2322: Type 'x' is not assignable to type 'y'.";
  const { facts } = await run(first, `echo "${error}"; ${PRINT}; exit 2`, { problems: ['$tsc'] });
  assert.equal(facts.errors, '1');
  const session = await openLater(t, first);
  const status = await statusOf(session, facts.id ?? '');
  assert.deepEqual([status.log_dropped, status.errors], [status.log_end, '1']);
});

test('a log of which a part was dropped takes only the space of what is kept', async (t) => {
  const limits = ['--max-output-size', '1MB', ...LEAST];
  const first = await openSession(t, { args: limits });
  const { facts } = await run(first, PRINT);
  await run(first, 'echo later');
  const session = await openLater(t, first, limits);
  const { log } = await session.call('tail', { job_id: facts.id, lines: 1 });
  assert.equal(log, '200000\n');
});

// Promise: finished-output-deleted
test('a server also knows that another one has deleted an output to save space', async (t) => {
  const first = await openSession(t);
  const { facts } = await run(first, PRINT);
  const session = await openLater(t, first, []);
  // With a job that runs, it does not read the journal again.
  await start(session, 'exec sleep 100');
  const other = await openSession(t, { storage: first.storage, args: LEAST });
  await jobCount(other);
  await assertDeleted(session, facts.id ?? '');
});

/** Also waits until the server has loaded its jobs, and deleted what is too much. */
async function jobCount(session: McpSession): Promise<number> {
  return (await listOf(session)).length;
}
