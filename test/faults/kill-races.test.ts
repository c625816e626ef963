import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { rawLog, start, startReady, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { repeats } from '../support/repeats.ts';
import { eventually, isAlive, makeSpec, startJob, startRunner } from '../support/runner.ts';

/** More jobs than there are FIFOs ready, so that some of them wait for a FIFO during their start. */
const AT_ONCE = 12;

// Promise: kill-during-start
test('a kill during the start of a job ends it', async (t) => {
  const runner = await startRunner(t);
  const link = await runner.connect();
  const folder = dirname((await runner.address()).socket);
  for (let round = 0; round < repeats(300, 20); round++) {
    // Without prepared FIFOs, the start waits for mkfifo(1), and the runner reads the kill in the meantime.
    for (const name of readdirSync(folder).filter((each) => each.startsWith('f')))
      rmSync(join(folder, name), { force: true });
    const spec = makeSpec('sleep 100 & echo $!; wait');
    const [job, { job: killed, survivors }] = await Promise.all([
      startJob(link, spec),
      link.kill({ id: spec.id, signal: 'SIGTERM', graceMs: 1000, by: 'agent' }),
    ]);
    assert.deepEqual(survivors, []);
    assert.equal(killed.status, 'killed');
    assert.equal(isAlive(job.pid!), false);
    assert.deepEqual((await link.inspect(spec.id)).processes, []);
  }
});

// Promise: shutdown-during-start
test('a runner that is shut down while it starts a job leaves no process', async (t) => {
  for (let round = 0; round < repeats(50, 3); round++) {
    const runner = await startRunner(t);
    const { pid } = await runner.address();
    const link = await runner.connect();
    const mark = join(runner.storage, 'pids');
    const starts = Array.from({ length: AT_ONCE }, () => {
      return startJob(link, makeSpec(`echo $$ >> ${mark}; exec sleep 100`)).catch(() => undefined);
    });
    // While it starts the first of them.
    await Promise.race([once(link, 'changed'), ...starts]);
    process.kill(pid, 'SIGTERM');
    const jobs = await Promise.all(starts);
    await eventually('the runner ends', () => !isAlive(pid));
    const printed = existsSync(mark) ? readFileSync(mark, 'utf8').trim().split('\n').map(Number) : [];
    const pids = [...printed, ...jobs.flatMap((job) => job?.pid ?? [])];
    assert.deepEqual(pids.filter(isAlive), []);
  }
});

// Promise: exit-during-kill
test('a job that exits during its kill has one end, and both clients get the same record', async (t) => {
  const manager = openManager(t);
  for (let round = 0; round < repeats(300, 20); round++) {
    const { id, pid } = await startReady(manager, 'echo ready; read line; exit 3');
    const ended = untilEnd(manager, id);
    const [, result] = await Promise.all([
      manager.input.write(id, '\n', false).catch(() => undefined),
      manager.kill(id, 'agent', { graceMs: 1000 }),
    ]);
    assert.deepEqual(result.survivors, []);
    const job = await ended;
    assert.deepEqual(job, result.job);
    // The first event decides: a job counts as killed after a request, unless its end was already known.
    assert.ok(job.status === 'killed' || (job.status === 'failed' && job.exitCode === 3), job.status);
    assert.equal(isAlive(pid!), false);
  }
});

// Promise: concurrent-kills
test('many concurrent kills of a job report the same end', async (t) => {
  const manager = openManager(t);
  for (let round = 0; round < repeats(50, 3); round++) {
    const { id, pid } = await startReady(manager, 'trap "" TERM; echo ready; while :; do sleep 0.05; done');
    const kills = Array.from({ length: 5 }, (_, at) => manager.kill(id, 'agent', { graceMs: at * 20 }));
    for (const { job, survivors } of await Promise.all(kills)) {
      assert.deepEqual(survivors, []);
      assert.equal(job.status, 'killed');
    }
    assert.equal(isAlive(pid!), false);
  }
});

// Promise: short-job
test('the output and the exit code of a job that exits within 10 ms are complete', async (t) => {
  const manager = openManager(t);
  for (let round = 0; round < repeats(1000, 50); round++) {
    const code = round % 3;
    const { id } = await start(manager, `echo ${round}; echo e${round} >&2; exit ${code}`, {
      mergeStderr: false,
    });
    const job = await untilEnd(manager, id);
    assert.equal(job.exitCode, code);
    assert.equal(job.endedBy, 'itself');
    assert.deepEqual(rawLog(manager, id).toString().split('\n').sort(), ['', String(round), `e${round}`]);
  }
});
