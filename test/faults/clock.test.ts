import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { rawLog, start, startReady, untilEnd } from '../support/jobs.ts';
import { startLimitedRunner } from '../support/limited-runner.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

const YEAR = 365 * 24 * 3600 * 1000;

/** A runner whose wall clock the test moves ahead of the real one by some ms. */
async function startWithClock(
  t: TestContext,
): Promise<{ storage: string; runner: number; jump: (ms: number) => void }> {
  const storage = storageFolder(t);
  const file = join(scratchFolder(t), 'offset');
  const clock = join(import.meta.dirname, '..', 'support', 'jumping-clock.cjs');
  // Only for the runner: the jobs have the environment of their manager.
  const env = { ...process.env, CLOCK_OFFSET: file, NODE_OPTIONS: `--require=${clock}` };
  const runner = await startLimitedRunner(t, storage, ['env'], env);
  return { storage, runner, jump: (ms) => writeFileSync(file, String(ms)) };
}

// Promise: clock-changed
test('deadlines, durations and logs follow the elapsed time when the clock jumps', async (t) => {
  const { storage, jump } = await startWithClock(t);
  const manager = openManager(t, { storage });
  const long = await startReady(manager, 'echo ready; read line; echo "got $line"; exec sleep 100', {
    timeoutSeconds: 3600,
  });
  for (const by of [YEAR, -YEAR, 0]) {
    const short = await start(manager, 'echo before; exec sleep 100', { timeoutSeconds: 0.3 });
    jump(by);
    const ended = await untilEnd(manager, short.id);
    assert.deepEqual([ended.status, ended.endedBy], ['killed', 'timeout']);
    assert.ok(ended.durationMs! >= 290 && ended.durationMs! < YEAR / 2, String(ended.durationMs));
    const printer = await start(manager, 'for i in 1 2 3 4 5; do echo $i; echo e$i >&2; done', {
      mergeStderr: false,
    });
    assert.equal((await untilEnd(manager, printer.id)).exitCode, 0);
    assert.equal(rawLog(manager, printer.id).length, 25);
    // A kill also waits for its grace and not for the jump.
    const { id } = await startReady(
      manager,
      'trap "sleep 0.1; exit 5" TERM; sleep 100 & echo ready; while :; do wait; done',
    );
    const killing = manager.kill(id, 'agent', { graceMs: 60_000 });
    jump(by + YEAR);
    assert.equal((await killing).job.exitCode, 5);
  }
  assert.equal(manager.jobs.get(long.id).status, 'running');
  await manager.input.write(long.id, 'it\n', false);
  await manager.wait([{ id: long.id, cursor: 6 }], { until: 'output' }, 60_000);
  assert.equal(rawLog(manager, long.id).toString(), 'ready\ngot it\n');
});

// Promise: clock-changed
test('jobs keep their keep-alive time when the clock jumps ahead', async (t) => {
  const { storage, runner, jump } = await startWithClock(t);
  const first = openManager(t, { storage, endJobsWithManager: false });
  const { id } = await startReady(first, 'echo ready; exec sleep 100');
  // This one ends after the jump, by elapsed time.
  const tick = await start(first, 'sleep 0.3');
  await first.dispose();
  jump(YEAR);
  const later = openManager(t, { storage });
  await later.jobs.ready();
  await untilEnd(later, tick.id);
  assert.equal(later.jobs.get(id).status, 'running');
  assert.equal(isAlive(runner), true);
});

// Promise: clock-changed
test('jobs end after their keep-alive time when the clock jumps back', async (t) => {
  const { storage, runner, jump } = await startWithClock(t);
  const limits = { ...DEFAULT_LIMITS, keepAliveSeconds: 0.3 };
  const settings = () => ({ limits, shell: '/bin/sh', cwd: storage });
  const manager = openManager(t, { storage, settings, endJobsWithManager: false });
  const { pid } = await startReady(manager, 'echo ready; exec sleep 100');
  await manager.dispose();
  jump(-YEAR);
  await eventually('the runner ends', () => !isAlive(runner));
  assert.equal(isAlive(pid!), false);
});
