import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { rawLog, runnerPid, start, untilEnd, untilPrinted } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { type McpSession, openSession, storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { atEnd } from '../support/scratch.ts';

/** Starts a process in the session of the job, and prints its pid. Ends with a line of input, and leaves it behind. */
const IN_SESSION = 'sleep 100 > /dev/null 2>&1 & echo $!; read line';
/** The same with a process in a session of its own. */
const OUTSIDE = `(setsid sh -c 'echo $$; exec sleep 100 > /dev/null 2>&1' &); read line`;

interface Left {
  readonly id: string;
  readonly pid: number;
}

/** Runs a job to its end. Returns its id, and the pid that it printed. */
async function leave(
  context: TestContext,
  manager: JobManager,
  command: string,
  name?: string,
): Promise<Left> {
  const { id } = await start(manager, command, { name });
  return finish(context, manager, id);
}

/** Ends a job that was started with one of the commands above. */
async function finish(context: TestContext, manager: JobManager, id: string): Promise<Left> {
  await untilPrinted(manager, id, '^\\d+$');
  const pid = Number(rawLog(manager, id).toString());
  atEnd(context, () => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  await manager.input.write(id, '\n', false);
  const { status, leftBehind } = await untilEnd(manager, id);
  assert.deepEqual([status, leftBehind], ['completed', 1]);
  return { id, pid };
}

interface Ends {
  readonly keepAliveSeconds: number;
  readonly endJobsWithManager: boolean;
  /** A running job is beside the finished ones. */
  readonly isBusy?: boolean;
  readonly end: (manager: JobManager, runner: number) => unknown;
}

const ENDS: Readonly<Record<string, Ends>> = {
  'its client leaves, and ends its jobs': {
    keepAliveSeconds: 3600,
    endJobsWithManager: true,
    end: (manager) => manager.dispose(),
  },
  'the keep-alive time is over': {
    keepAliveSeconds: 0,
    endJobsWithManager: false,
    end: (manager) => manager.dispose(),
  },
  'the keep-alive time of a running job is over': {
    keepAliveSeconds: 0,
    endJobsWithManager: false,
    isBusy: true,
    end: (manager) => manager.dispose(),
  },
  'the runner is shut down': {
    keepAliveSeconds: 3600,
    endJobsWithManager: false,
    end: (_manager, runner) => process.kill(runner, 'SIGTERM'),
  },
  'the runner is killed': {
    keepAliveSeconds: 3600,
    endJobsWithManager: false,
    end: (_manager, runner) => process.kill(runner, 'SIGKILL'),
  },
};

for (const [when, { keepAliveSeconds, endJobsWithManager, isBusy = false, end }] of Object.entries(ENDS)) {
  // Promise: left-in-session, left-outside
  test(`when ${when}, processes that finished jobs left in their session end, and others stay known`, async (t) => {
    const storage = storageFolder(t);
    const limits = { ...DEFAULT_LIMITS, keepAliveSeconds };
    const settings = () => ({ limits, shell: '/bin/sh', cwd: storage });
    const manager = openManager(t, { storage, settings, endJobsWithManager });
    const inside = await leave(t, manager, IN_SESSION);
    const outside = await leave(t, manager, OUTSIDE);
    if (isBusy) await start(manager, 'sleep 100');
    const runner = await runnerPid(storage);
    await end(manager, runner);
    await eventually('the runner is gone', () => !isAlive(runner));
    await manager.dispose();

    const later = openManager(t, { storage });
    await later.jobs.ready();
    assert.equal(isAlive(inside.pid), false);
    assert.equal(isAlive(outside.pid), true);
    assert.equal(later.jobs.get(inside.id).leftBehind, 0);
    assert.equal(later.jobs.get(outside.id).leftBehind, 1);
    const { processes } = await later.inspect(outside.id);
    assert.deepEqual(
      processes.map(({ pid, command }) => [pid, command]),
      [[outside.pid, 'sleep 100']],
    );
    const { job, ended, survivors } = await later.kill(outside.id, 'agent');
    assert.deepEqual([job.status, job.leftBehind, ended, survivors], ['completed', 0, 1, []]);
    assert.equal(isAlive(outside.pid), false);
  });
}

test('a manager ends processes in the sessions of finished jobs when their runner is killed', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  const { pid } = await leave(t, manager, IN_SESSION);
  process.kill(await runnerPid(storage), 'SIGKILL');
  await eventually('the process is gone', () => !isAlive(pid));
});

test('a finished job with a process in its session keeps the runner alive, as a running job does', async (t) => {
  const storage = storageFolder(t);
  const limits = { ...DEFAULT_LIMITS, keepAliveSeconds: 3600 };
  const settings = () => ({ limits, shell: '/bin/sh', cwd: storage });
  const manager = openManager(t, { storage, settings, endJobsWithManager: false });
  const { id, pid } = await leave(t, manager, IN_SESSION);
  const runner = await runnerPid(storage);
  await manager.dispose();
  const later = openManager(t, { storage });
  await later.jobs.ready();
  assert.equal(await runnerPid(storage), runner);
  assert.equal(isAlive(pid), true);
  assert.equal((await later.kill(id, 'agent')).ended, 1);
});

test('processes that exit by themselves are not counted any more', async (t) => {
  const manager = openManager(t);
  const { id, pid } = await leave(t, manager, OUTSIDE);
  process.kill(pid, 'SIGKILL');
  await eventually('it is gone', () => !isAlive(pid));
  await manager.jobs.ready();
  assert.equal(manager.jobs.get(id).leftBehind, 0);
});

// Promise: left-kept
test('a job is not removed while a process of it lives', async (t) => {
  const storage = storageFolder(t);
  const limits = { ...DEFAULT_LIMITS, historyLimit: 0, maxTotalSize: 1 };
  const settings = () => ({ limits, shell: '/bin/sh', cwd: storage });
  const manager = openManager(t, { storage, settings });
  const { id } = await leave(t, manager, OUTSIDE);
  await assert.rejects(
    manager.jobs.removeFinished(id),
    /^JobError: A process of the job is still running\. Kill the job first\.$/,
  );
  const runner = await runnerPid(storage);
  await manager.dispose();
  await eventually('the runner is gone', () => !isAlive(runner));

  const later = openManager(t, { storage, settings });
  await later.jobs.ready();
  // The history keeps each job for a minute after its end.
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_600_000 });
  later.jobs.history.prune();
  assert.equal(later.jobs.get(id).leftBehind, 1);
  await later.kill(id, 'agent');
  later.jobs.history.prune();
  assert.throws(() => later.jobs.get(id), /There is no job/);
});

// Promise: left-replaced
test('a restart, and a start under the same name, end the processes that a job left behind', async (t) => {
  const manager = openManager(t);
  const first = await leave(t, manager, OUTSIDE, 'dev');
  const restarted = await manager.restart('dev', { kind: 'agent' });
  assert.equal(restarted.leftoversEnded, 1);
  assert.equal(isAlive(first.pid), false);
  const second = await finish(t, manager, restarted.job.id);
  assert.equal(isAlive(second.pid), true);
  const started = await manager.start({ command: 'true', name: 'dev', startedBy: { kind: 'agent' } });
  assert.equal(started.leftoversEnded, 1);
  assert.equal(isAlive(second.pid), false);
  await untilEnd(manager, started.job.id);
  const another = await leave(t, manager, OUTSIDE, 'other');
  assert.equal((await manager.start({ command: 'true', startedBy: { kind: 'agent' } })).leftoversEnded, 0);
  assert.equal(isAlive(another.pid), true);
  await manager.kill('other', 'agent');
});

/** Returns true if something listens on the port. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

const SERVER = `require('http').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })`;

/** Runs a job that leaves a server behind, and ends once that listens. */
async function leaveServer(session: McpSession, prefix: string): Promise<{ id: string; port: number }> {
  const command = `(${prefix} "${process.execPath}" -e "${SERVER}" &); read line`;
  const { facts, log } = await session.call('execute', { command, name: 'dev', until: 'output' });
  return { id: facts.id ?? '', port: await finishServer(session, log) };
}

async function finishServer(session: McpSession, log: string): Promise<number> {
  const port = Number(log);
  assert.equal(await answers(port), true);
  await session.call('interact', { job_id: 'dev', input: '' });
  const { facts } = await session.call('wait', { job_id: 'dev' });
  assert.deepEqual([facts.status, facts.left_behind], ['completed', '1']);
  return port;
}

test('replies report left_behind, also in a later session', async (t) => {
  const session = await openSession(t);
  const { storage } = session;
  const { id, port } = await leaveServer(session, 'setsid');
  await session.close();

  const later = await openSession(t, { storage });
  for (const tool of ['status', 'output', 'tail', 'wait']) {
    assert.equal((await later.call(tool, { job_id: id })).facts.left_behind, '1', tool);
  }
  const list = await later.call('list');
  assert.equal(list.facts.left_behind, '1');
  assert.match(list.log, /left_behind=1/);
  assert.match((await later.call('status', { job_id: id })).text, new RegExp(`ports=${port}`));
  const killed = await later.call('kill', { job_id: id });
  assert.deepEqual([killed.facts.processes_ended, killed.facts.survivors], ['1', '0']);
  assert.equal(killed.facts.left_behind, undefined);
  assert.equal(await answers(port), false);
  assert.equal((await later.call('list')).facts.left_behind, undefined);
});

test('replies to a restart and to a start under the same name report left_behind_ended', async (t) => {
  const session = await openSession(t);
  const first = await leaveServer(session, '');
  const restarted = await session.call('restart', { job_id: 'dev' });
  assert.equal(restarted.facts.left_behind_ended, '1');
  assert.equal(await answers(first.port), false);
  await finishServer(session, (await session.call('wait', { job_id: 'dev', until: 'output' })).log);
  const started = await session.call('execute', { command: 'true', name: 'dev' });
  assert.equal(started.facts.left_behind_ended, '1');
});
