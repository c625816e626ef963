import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import { LogReader } from '../../src/log/read/log-reader.ts';
import { readText } from '../../src/log/read/text-page.ts';
import { logFolder } from '../../src/protocol/log-folder.ts';
import { eventually, isAlive, makeSpec, startJob, startRunner, untilEnded } from '../support/runner.ts';
import { pidsIn, TREES } from '../support/trees.ts';

for (const [shape, command] of Object.entries(TREES)) {
  // Promise: kill-any-tree
  test(`a kill ends ${shape}`, async (t) => {
    const runner = await startRunner(t);
    const link = await runner.connect();
    const job = await startJob(link, makeSpec(command));
    await printed(link, runner.storage, job.id, /ready/);
    const result = await link.kill({ id: job.id, signal: 'SIGTERM', graceMs: 200, by: 'agent' });
    assert.deepEqual(result.survivors, []);
    assert.equal(result.job.status, 'killed');
    assert.equal(result.job.endedBy, 'agent');
    const pids = pidsIn(log(runner.storage, job.id));
    assert.ok(pids.length > 0);
    assert.deepEqual(pids.filter(isAlive), []);
  });
}

test('a kill of a finished job ends the processes that it left behind', async (t) => {
  const runner = await startRunner(t);
  const link = await runner.connect();
  const spec = makeSpec('setsid sleep 100 > /dev/null 2>&1 & echo $!');
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  assert.equal((await ended).status, 'completed');
  const pid = Number(log(runner.storage, spec.id));
  await eventually('the child has its session', () => isAlive(pid));
  assert.equal((await link.inspect(spec.id)).processes.length, 1);
  const { ended: count, job } = await link.kill({
    id: spec.id,
    signal: 'SIGTERM',
    graceMs: 500,
    by: 'person',
  });
  assert.equal(count, 1);
  assert.equal(isAlive(pid), false);
  assert.equal(job.status, 'completed');
});

// Promise: concurrent-kills
test('two concurrent kills both reply, and a kill of a finished job changes nothing', async (t) => {
  const runner = await startRunner(t);
  const link = await runner.connect();
  const { id } = await startJob(link, makeSpec('sleep 100'));
  const kill = (by: 'agent' | 'person') => link.kill({ id, signal: 'SIGTERM', graceMs: 500, by });
  const [a, b] = await Promise.all([kill('agent'), kill('person')]);
  assert.equal(a.job.status, 'killed');
  assert.equal(b.job.endedBy, 'agent');
  assert.equal((await kill('person')).job.endedBy, 'agent');
});

test('a job that handles the signal counts as killed and keeps its exit code', async (t) => {
  const runner = await startRunner(t);
  const link = await runner.connect();
  const { id } = await startJob(
    link,
    // Its shell starts nothing when the signal comes: dash drops one that arrives while it starts a program.
    makeSpec(`trap 'echo bye; exit 5' TERM; sleep 100 & echo ready; while :; do wait; done`),
  );
  await printed(link, runner.storage, id, /ready/);
  const { job } = await link.kill({ id, signal: 'SIGTERM', graceMs: 5000, by: 'agent' });
  assert.equal(job.status, 'killed');
  assert.equal(job.exitCode, 5);
  assert.match(log(runner.storage, id), /bye/);
});

function log(storage: string, id: string): string {
  return readText(new LogReader(logFolder(storage, id)), { cursor: 0, maxBytes: 100_000, ended: true }).text;
}

async function printed(link: RunnerLink, storage: string, id: string, pattern: RegExp): Promise<void> {
  link.watch(id);
  while (!pattern.test(log(storage, id))) await once(link, 'grew');
  link.unwatch(id);
}
