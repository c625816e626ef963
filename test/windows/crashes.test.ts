import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { node, openCmdSession, runToEnd, skip, startUntil, untilNoProcesses } from './session.ts';

/** A tree of which one process is detached. */
const TREE = `${node('spawn-detached.mjs')} & ${node('sleep.mjs', 'shell')}`;
const READY = ['ready detached', 'ready shell'];

// Promise: windows-server-killed, end-any-tree
test('if the server is killed, its jobs end', { skip }, async (t) => {
  const session = await openCmdSession(t);
  const { facts } = await startUntil(session, TREE, READY);
  process.kill(session.pid, 'SIGKILL');
  await untilNoProcesses(facts.id!);
});

// Promise: windows-runner-killed, runner-killed
test(
  'if the runner is killed, nothing lives on, its jobs are lost, and the next job works',
  { skip },
  async (t) => {
    const session = await openCmdSession(t);
    const { facts } = await startUntil(session, TREE, READY, { name: 'tree' });
    const [runner] = await findRunners(session.storage, systemProcessTable());
    process.kill(runner!.address.pid, 'SIGKILL');
    await untilNoProcesses(facts.id!);
    const { facts: lost } = await session.call('wait', { job_id: facts.id, timeout_s: 45 });
    assert.equal(lost.status, 'lost');
    assert.equal(lost.left_behind, undefined);
    assert.equal((await runToEnd(session, 'exit 3')).facts.exit_code, '3');
    const { facts: restarted } = await session.call('restart', { job_id: 'tree' });
    assert.equal(restarted.status, 'running');
    await session.call('kill', { job_id: restarted.id, signal: 'SIGKILL' });
  },
);

// Promise: windows-two-servers, shared-storage, runner-race
test('two servers on one storage share a runner and see the same jobs', { skip }, async (t) => {
  const storage = storageFolder(t);
  const [one, two] = await Promise.all([openCmdSession(t, { storage }), openCmdSession(t, { storage })]);
  const started = await Promise.all([
    startUntil(one, node('sleep.mjs', 'one'), 'ready one', { name: 'one' }),
    startUntil(two, node('sleep.mjs', 'two'), 'ready two', { name: 'two' }),
  ]);
  assert.equal((await findRunners(storage, systemProcessTable())).length, 1);
  assert.match((await one.call('list')).text, /name=two status=running/);
  assert.match((await two.call('list')).text, /name=one status=running/);
  await two.call('kill', { job_id: started[0].facts.id, signal: 'SIGKILL' });
  assert.match((await one.call('wait', { job_id: 'one', timeout_s: 45 })).text, /status=killed/);
});

// Promise: windows-restart, restart-everything
test('finished jobs and their output are still there in the next session', { skip }, async (t) => {
  const storage = storageFolder(t);
  const first = await openCmdSession(t, { storage });
  const { facts } = await runToEnd(first, 'echo kept & exit 5', { name: 'job' });
  await first.close();
  const second = await openCmdSession(t, { storage });
  const { log, facts: found } = await second.call('output', { job_id: facts.id });
  assert.equal(found.exit_code, '5');
  assert.match(log, /^kept/);
});
