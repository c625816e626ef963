import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import type { ManagerOptions } from '../../src/jobs/manager-options.ts';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { queueStateOf } from '../../src/jobs/records/queue-state.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { rawLog, runnerPid, SOON, start, untilEnd, untilPrinted } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

/** A manager whose jobs stay when it disconnects. */
function keepingManager(
  context: TestContext,
  storage: string,
  limits: Partial<typeof DEFAULT_LIMITS> = {},
): JobManager {
  const options: Partial<ManagerOptions> = {
    storage,
    endJobsWithManager: false,
    settings: () => ({
      limits: { ...DEFAULT_LIMITS, keepAliveSeconds: 600, ...limits },
      shell: '/bin/sh',
      cwd: process.cwd(),
    }),
  };
  return openManager(context, options);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A shell command that waits until a file exists. */
function untilExists(path: string): string {
  return `while [ ! -e ${path} ]; do sleep 0.02; done`;
}

function statuses(manager: JobManager): Record<string, string> {
  return Object.fromEntries(manager.jobs.list().map(({ name = '', status }) => [name, status]));
}

async function endAll(manager: JobManager): Promise<void> {
  for (const job of [...manager.jobs.queued().reverse(), ...manager.jobs.running()])
    await manager.kill(job.id, 'agent');
}

// Promise: queue-without-client
test('jobs start after each other while no client is connected', async (t) => {
  const storage = storageFolder(t);
  const folder = scratchFolder(t);
  const [go, up, done] = ['go', 'up', 'done'].map((name) => join(folder, name)) as [string, string, string];
  const port = await freePort();
  const serve = `${JSON.stringify(process.execPath)} -e 'require("net").createServer((s) => s.destroy()).listen(${port})'`;
  const first = keepingManager(t, storage);
  await start(first, `${untilExists(go)}; exec ${serve}`, { name: 'db', ready: { until: 'port', port } });
  await start(first, `touch ${up}; echo "api is up"; exec sleep 100`, {
    ...{ name: 'api', after: ['db'], ready: { until: 'pattern', pattern: 'is up$' } },
  });
  await start(first, `touch ${done}; exec sleep 100`, { name: 'web', after: ['api'] });
  assert.deepEqual(statuses(first), { db: 'running', api: 'queued', web: 'queued' });
  await first.dispose();
  assert.equal(existsSync(up), false);
  writeFileSync(go, '');
  await eventually('the last one starts', () => existsSync(done));
  const second = keepingManager(t, storage);
  await second.jobs.ready();
  assert.deepEqual(statuses(second), { db: 'running', api: 'running', web: 'running' });
  const [db, api] = ['db', 'api'].map((name) => second.jobs.get(name));
  assert.ok((db?.readySince ?? Infinity) <= (api?.startedAt ?? 0));
  await endAll(second);
});

// Promise: queue-order
test('200 queued jobs start in order, never more at once than the limit, also without a client', async (t) => {
  const storage = storageFolder(t);
  const order = join(scratchFolder(t), 'order');
  writeFileSync(order, '');
  const count = 200;
  const limits = { maxConcurrentJobs: 1, historyLimit: 1000 };
  const first = keepingManager(t, storage, limits);
  const gate = await start(first, 'read line');
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    const { id, status } = await start(first, `echo ${at} >> ${order}`);
    assert.equal(status, 'queued');
    ids.push(id);
  }
  assert.deepEqual(
    first.jobs.queued().map(({ id }) => id),
    ids,
  );
  await first.input.write(gate.id, '\n', false);
  await untilEnd(first, ids[20]!);
  await first.dispose();
  const printed = (): string[] => readFileSync(order, 'utf8').split('\n').slice(0, -1);
  await eventually('all have run', () => printed().length === count, SOON);
  assert.deepEqual(printed(), [...ids.keys()].map(String));
  const second = keepingManager(t, storage, limits);
  await second.jobs.ready();
  await eventually('the last one has ended', () => second.jobs.active().length === 0);
  const jobs = second.jobs.list().filter(({ id }) => id !== gate.id);
  assert.equal(jobs.length, count);
  assert.ok(jobs.every(({ status }) => status === 'completed'));
});

// Promise: queue-runner-killed
test('when the runner dies, only jobs that ran are lost, and the queued ones have failed with the reason', async (t) => {
  const storage = storageFolder(t);
  const manager = keepingManager(t, storage, { maxConcurrentJobs: 1 });
  await start(manager, 'exec sleep 100', { name: 'db' });
  await start(manager, 'echo never', { name: 'api', after: ['db'] });
  await start(manager, 'echo never', { name: 'other' });
  const waiting = manager.wait([{ id: manager.jobs.get('api').id, cursor: 0 }], { until: 'exit' }, SOON);
  const pid = await runnerPid(storage);
  process.kill(pid, 'SIGKILL');
  assert.equal((await waiting).reason, 'exit');
  await eventually('it is gone', () => !isAlive(pid));
  await eventually('all are noticed', () => manager.jobs.active().length === 0);
  assert.deepEqual(statuses(manager), { db: 'lost', api: 'failed', other: 'failed' });
  assert.match(
    manager.jobs.get('other').error ?? '',
    /queued when its runner died, so it was not started\. Restart/,
  );
  // The next session reads the same, and the job can be started again.
  const next = keepingManager(t, storage);
  await next.jobs.ready();
  assert.deepEqual(statuses(next), statuses(manager));
  const { job } = await next.restart('other', { kind: 'agent' });
  assert.equal((await untilEnd(next, job.id)).status, 'completed');
  assert.equal(rawLog(next, job.id).toString(), 'never\n');
});

// Promise: queue-shutdown
test('queued jobs end with their client, or with the runner, and none of them starts', async (t) => {
  const storage = storageFolder(t);
  const ran = join(scratchFolder(t), 'ran');
  const settings = () => ({
    limits: { ...DEFAULT_LIMITS, maxConcurrentJobs: 1, keepAliveSeconds: 600 },
    shell: '/bin/sh',
    cwd: process.cwd(),
  });
  const other = openManager(t, { storage, settings });
  const leaving = openManager(t, { storage, settings });
  await start(leaving, 'exec sleep 100', { name: 'its-own' });
  await start(leaving, `touch ${ran}`, { name: 'queued' });
  await start(leaving, `touch ${ran}`, { name: 'after', after: ['queued'] });
  await other.jobs.ready();
  const theirs = await start(other, 'echo started; exec sleep 100', { name: 'theirs' });
  assert.equal(theirs.status, 'queued');
  await leaving.dispose();
  await untilPrinted(other, theirs.id, 'started');
  await eventually('its record arrives', () => other.jobs.get(theirs.id).status === 'running');
  assert.deepEqual(statuses(other), {
    ...{ 'its-own': 'killed', queued: 'killed', after: 'killed', theirs: 'running' },
  });
  assert.equal(other.jobs.get('queued').endedBy, 'shutdown');
  await start(other, `touch ${ran}`, { name: 'last' });
  const pid = await runnerPid(storage);
  process.kill(pid, 'SIGTERM');
  await eventually('it is gone', () => !isAlive(pid));
  await eventually('all are noticed', () => other.jobs.active().length === 0);
  assert.equal(other.jobs.get('last').status, 'killed');
  assert.equal(existsSync(ran), false);
});

test('the end of a job is reported before the start of the one that takes its place', async (t) => {
  const settings = () => ({
    limits: { ...DEFAULT_LIMITS, maxConcurrentJobs: 1 },
    shell: '/bin/sh',
    cwd: process.cwd(),
  });
  const manager = openManager(t, { settings });
  for (let round = 0; round < 10; round++) {
    const first = await start(manager, 'read line');
    const next = await start(manager, 'true');
    const seen: string[] = [];
    const note = ({ id, status }: JobRecord): unknown => seen.push(`${id} ${status}`);
    manager.jobs.on('changed', note);
    await manager.input.write(first.id, '\n', false);
    await untilEnd(manager, next.id);
    manager.jobs.off('changed', note);
    const [end, begin] = [seen.indexOf(`${first.id} completed`), seen.indexOf(`${next.id} running`)];
    assert.ok(end >= 0 && end < begin, seen.join(', '));
  }
});

test('a queued job is reported as running before it can print anything', async (t) => {
  const manager = openManager(t);
  const gate = await start(manager, 'read line');
  const job = await start(manager, 'echo printed; exit 3', { after: [gate.id] });
  const seen: string[] = [];
  manager.jobs.on('changed', ({ id, status, pid }) => {
    if (id === job.id) seen.push(status === 'running' && pid === undefined ? 'starting' : status);
  });
  await manager.input.write(gate.id, '\n', false);
  await untilEnd(manager, job.id);
  assert.deepEqual([seen[0], seen.at(-1)], ['starting', 'failed']);
});

// Promise: queue-restart
test('a job that is restarted keeps its slot, although a queued job could start', async (t) => {
  const manager = keepingManager(t, storageFolder(t), { maxConcurrentJobs: 2 });
  const a = await start(manager, 'read line; echo up; exec sleep 100', {
    ...{ name: 'a', ready: { until: 'pattern', pattern: 'up' } },
  });
  const queued = await start(manager, 'exec sleep 100', { name: 'queued', after: ['a'] });
  await start(manager, 'exec sleep 100', { name: 'restarted' });
  await manager.input.write(a.id, '\n', false);
  await eventually('a is ready', () => manager.jobs.get('a').readySince !== undefined);
  const { job } = await manager.restart('restarted', { kind: 'agent' });
  assert.deepEqual([job.status, manager.jobs.get(queued.id).status], ['running', 'queued']);
  await manager.kill(job.id, 'agent');
  await eventually('the queued job starts', () => manager.jobs.get(queued.id).status === 'running');
  await endAll(manager);
});

test('jobs that are started or restarted at the same time as the job before them wait for its new run', async (t) => {
  const manager = keepingManager(t, storageFolder(t), { maxConcurrentJobs: 5 });
  const old = await start(manager, 'read line || exit 1', { name: 'a' });
  const dependent = await start(manager, 'exec sleep 100', { name: 'b', after: ['a'] });
  await manager.kill(old.id, 'person');
  const agent = { kind: 'agent' } as const;
  await untilEnd(manager, dependent.id);
  const [a, b, c] = await Promise.all([
    manager.restart('a', agent),
    manager.restart('b', agent),
    manager.start({ command: 'exec sleep 100', after: ['a'], startedBy: agent }),
  ]);
  assert.deepEqual([b.job.after, c.job.after], [[a.job.id], [a.job.id]]);
  assert.deepEqual([b.job.status, c.job.status], ['queued', 'queued']);
  await endAll(manager);
});

// Promise: queue-restart
test('a job whose dependency was restarted and is ready again is only queued because of the limit', async (t) => {
  const manager = keepingManager(t, storageFolder(t), { maxConcurrentJobs: 2 });
  await start(manager, 'exec sleep 100', { name: 'filler' });
  const server = { name: 'server', ready: { until: 'pattern', pattern: 'up' } } as const;
  await start(manager, 'read line; echo up; exec sleep 100', server);
  await start(manager, 'exec sleep 100', { name: 'dependent', after: ['server'] });
  await start(manager, 'exec sleep 100', { name: 'other' });
  const states = () =>
    ['dependent', 'other'].map((name) => {
      const state = queueStateOf(manager.jobs, manager.jobs.get(name));
      return state && { waitsFor: state.waitsFor.map((each) => each.name), position: state.position };
    });
  const { job } = await manager.restart('server', { kind: 'agent' });
  assert.deepEqual(states(), [
    { waitsFor: ['server'], position: undefined },
    { waitsFor: [], position: 1 },
  ]);
  await manager.input.write(job.id, '\n', false);
  await eventually('the server is ready', () => manager.jobs.get(job.id).readySince !== undefined);
  assert.deepEqual(states(), [
    { waitsFor: [], position: 1 },
    { waitsFor: [], position: 2 },
  ]);
  await endAll(manager);
});

test('a job can be restarted after the limit was lowered, and by a manager that queues no jobs', async (t) => {
  const storage = storageFolder(t);
  const owner = keepingManager(t, storage, { maxConcurrentJobs: 2 });
  for (const name of ['a', 'b', 'queued']) await start(owner, 'exec sleep 100', { name });
  const other = openManager(t, {
    storage,
    endJobsWithManager: false,
    settings: () => ({
      limits: { ...DEFAULT_LIMITS, keepAliveSeconds: 600, maxConcurrentJobs: 1 },
      refuseAboveLimit: true,
      shell: '/bin/sh',
      cwd: process.cwd(),
    }),
  });
  await other.jobs.ready();
  for (const name of ['b', 'queued']) {
    const { status } = other.jobs.get(name);
    assert.equal((await other.restart(name, { kind: 'agent' })).job.status, status);
  }
  await assert.rejects(start(other, 'exec sleep 100'), /2 jobs are running, the limit .* is 1/);
  await endAll(other);
});

test('a higher limit starts queued jobs at once, and other managers see the queue', async (t) => {
  const storage = storageFolder(t);
  let maxConcurrentJobs = 1;
  const manager = openManager(t, {
    storage,
    settings: () => ({
      limits: { ...DEFAULT_LIMITS, maxConcurrentJobs },
      shell: '/bin/sh',
      cwd: process.cwd(),
    }),
  });
  await start(manager, 'exec sleep 100', { name: 'a' });
  const b = await start(manager, 'echo started; exec sleep 100', { name: 'b' });
  await start(manager, 'exec sleep 100', { name: 'c' });
  const other = openManager(t, { storage });
  await other.jobs.ready();
  assert.deepEqual(
    other.jobs.queued().map(({ name }) => name),
    ['b', 'c'],
  );
  maxConcurrentJobs = 2;
  await manager.jobs.sendSettings();
  await untilPrinted(other, b.id, 'started');
  await eventually('its record arrives', () => other.jobs.get(b.id).status === 'running');
  assert.deepEqual(statuses(other), { a: 'running', b: 'running', c: 'queued' });
  assert.deepEqual(
    other.jobs.list().map(({ name }) => name),
    ['b', 'c', 'a'],
  );
});

test(
  'the terminal of a queued job has the size of its view when it starts',
  { skip: process.platform === 'win32' },
  async (t) => {
    const manager = openManager(t);
    const gate = await start(manager, 'read line');
    const job = await start(manager, 'stty size; stty -a | head -1', {
      ...{ after: [gate.id], terminal: { columns: 80, rows: 24 } },
    });
    await manager.input.resize(job.id, { columns: 101, rows: 33 });
    await manager.input.write(gate.id, '\n', false);
    await untilEnd(manager, job.id);
    assert.match(rawLog(manager, job.id).toString(), /^33 101\r\n/);
  },
);

test('a watcher is ready after each round, and not while the next one runs', async (t) => {
  const manager = openManager(t);
  const job = await start(manager, 'while read line; do echo "$line"; done', {
    ready: { until: 'pattern', pattern: '^done', busy: '^begin' },
  });
  const say = (line: string): Promise<void> => manager.input.write(job.id, `${line}\n`, false);
  const isReady = (): boolean => manager.jobs.get(job.id).readySince !== undefined;
  await say('begin 1');
  await say('done 1');
  const { reason } = await manager.wait([{ id: job.id, cursor: 0 }], { until: 'ready' }, SOON);
  assert.equal(reason, 'ready');
  await say('begin 2');
  await eventually('it is busy', () => !isReady());
  await say('begin again');
  await say('done 2');
  await eventually('it is ready', isReady);
});

test('a job that prints without a pause is found ready, and its readiness costs it nothing afterwards', async (t) => {
  const manager = openManager(t);
  const job = await start(manager, 'yes | head -200000; echo "the end"; yes > /dev/null', {
    ready: { until: 'pattern', pattern: '^the end$' },
  });
  const { reason } = await manager.wait([{ id: job.id, cursor: 0 }], { until: 'ready' }, SOON);
  assert.equal(reason, 'ready');
  await manager.kill(job.id, 'agent');
  assert.equal(manager.jobs.get(job.id).readySince, undefined);
});
