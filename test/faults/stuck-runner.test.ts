import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import { rawLog, runnerPid, start, startReady } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { type McpSession, openSession, runnersOf, storageFolder } from '../support/mcp-session.ts';
import { eventually } from '../support/runner.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';

// Promise: runner-stuck
test('a stopped runner does not block a manager, which reads what is on the disk', async (t) => {
  const storage = storageFolder(t);
  const first = openManager(t, { storage });
  const { id } = await startReady(first, 'echo ready; exec sleep 100');
  const runner = await runnerPid(storage);
  process.kill(runner, 'SIGSTOP');
  atEnd(t, () => process.kill(runner, 'SIGCONT'));
  const connect = RunnerLink.connect.bind(RunnerLink);
  t.mock.method(RunnerLink, 'connect', (...[address, options]: Parameters<typeof connect>) =>
    connect(address, options, 300),
  );
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  assert.equal(manager.jobs.get(id).status, 'running');
  assert.equal(rawLog(manager, id).toString(), 'ready\n');
  await assert.rejects(manager.kill(id, 'agent'), /^JobError: The runner of this job does not answer/);
  await assert.rejects(start(manager, 'true'), /^JobError: .*does not answer/);
  process.kill(runner, 'SIGCONT');
  // It may need longer than the timeout of this test for the connections that were given up.
  while (manager.jobs.linkOf(manager.jobs.get(id)) === undefined) await manager.jobs.ready();
  assert.equal((await manager.kill(id, 'agent')).job.status, 'killed');
});

// Promise: runner-stuck
test('calls of a connected client fail while the runner is stopped, and are not carried out later', async (t) => {
  const session = await openSession(t);
  const marker = join(scratchFolder(t), 'started');
  const { facts } = await session.call('execute', { command: 'echo ready; exec cat', regex: 'ready' });
  const [runner] = runnersOf(session.storage);
  assert.ok(runner !== undefined);
  process.kill(runner, 'SIGSTOP');
  atEnd(t, () => process.kill(runner, 'SIGCONT'));
  const job = { job_id: facts.id };
  const starting = session.call('execute', { command: `touch ${marker}` });
  const calls = [
    starting,
    session.call('kill', job),
    session.call('interact', { ...job, input: 'late' }),
    session.call('restart', job),
  ];
  const status = await session.call('status', job);
  assert.equal(status.facts.status, 'running');
  assert.match(status.text, /does not answer/);
  for (const each of await Promise.all(calls)) {
    assert.ok(each.isError, each.text);
    assert.match(each.text, /^Error: The runner of this job does not answer[.,]/);
  }
  assert.match((await starting).text, /The request was withdrawn/);
  const repeated = await session.call('execute', { command: `touch ${marker}` });
  assert.match(repeated.text, /nothing was sent/);

  process.kill(runner, 'SIGCONT');
  // The runner has read the earlier requests when it answers this one.
  let next = repeated;
  while (next.text.includes('nothing was sent')) next = await session.call('execute', { command: 'true' });
  assert.ok(!next.isError, next.text);
  assert.equal(existsSync(marker), false);
  const now = await session.call('status', job);
  assert.equal(now.facts.status, 'running');
  assert.doesNotMatch(now.text, /does not answer/);
  await session.call('interact', { ...job, input: 'on time' });
  await session.call('wait', { ...job, regex: 'on time', cursor: 0, wait_s: 45 });
  assert.equal((await session.call('output', job)).log.trimEnd(), 'ready\non time');
  assert.equal((await session.call('kill', job)).facts.status, 'killed');
});

// Promise: runner-stuck
test('a client that comes after the runner was stopped reports its process, and reads what is on the disk', async (t) => {
  const first = await openSession(t);
  const { facts } = await first.call('execute', { command: 'echo ready; exec cat', regex: 'ready' });
  const [runner] = runnersOf(first.storage);
  assert.ok(runner !== undefined);
  const second = await openSession(t, { storage: first.storage });
  process.kill(runner, 'SIGSTOP');
  atEnd(t, () => process.kill(runner, 'SIGCONT'));
  const note = `[The runner of ${facts.id} does not answer. The status is as it was last reported.]`;
  const job = { job_id: facts.id };
  // A request to a runner that does not answer is given up after ten seconds. Calls that only read return before that.
  let isGivenUp = false;
  const killing = first.call('kill', job).then(({ isError }) => {
    isGivenUp = true;
    return isError;
  });
  const readAll = async (session: McpSession): Promise<void> => {
    // A sign of life is valid for a second.
    await eventually('a list reports it', async () => (await session.call('list')).text.includes(note));
    for (const tool of ['list', 'status', 'tail']) {
      const { text } = await session.call(tool, tool === 'list' ? {} : job);
      assert.match(text, /running/);
      if (tool === 'list') assert.equal(text.split('\n').at(-1), note);
      assert.equal(isGivenUp, false, `${tool} took too long`);
    }
  };
  await Promise.all([first, second].map(readAll));
  assert.equal(await killing, true);
  const calls: [string, Record<string, unknown>][] = [
    ['kill', job],
    ['interact', { ...job, input: 'late' }],
    ['restart', job],
    ['execute', { command: 'true' }],
  ];
  for (const [tool, args] of calls) {
    const { text, isError } = await second.call(tool, args);
    assert.ok(isError, text);
    assert.match(text, new RegExp(`does not answer, so nothing was sent.* process ${runner} is stopped`));
  }

  process.kill(runner, 'SIGCONT');
  for (const session of [first, second])
    await eventually('each client is connected again', async () => {
      return !(await session.call('list')).text.includes('does not answer');
    });
  assert.equal((await second.call('kill', job)).facts.status, 'killed');
});
