import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { rawLog, start, startReady, untilEnd, untilPrinted } from '../support/jobs.ts';
import { startLimitedRunner } from '../support/limited-runner.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { isAlive } from '../support/runner.ts';

const limits = { ...DEFAULT_LIMITS, maxConcurrentJobs: 1000 };

// Promise: no-descriptors
test('without a free descriptor the runner refuses new jobs, and the others run, print and can be killed', async (t) => {
  const storage = storageFolder(t);
  // Node raises the soft limit to the hard one: both are set (getrlimit(2), RLIMIT_NOFILE).
  await startLimitedRunner(t, storage, ['/bin/sh', '-c', 'ulimit -n 64; exec "$@"', 'sh']);
  const settings = () => ({ limits, shell: '/bin/sh', cwd: storage });
  const manager = openManager(t, { storage, settings });
  const running: JobRecord[] = [];
  let refused: JobRecord | undefined;
  while (refused === undefined) {
    const command = 'echo ready; read line; echo "got $line"; sleep 100 & echo $!; echo forked; wait';
    const job = await start(manager, command);
    if (job.status === 'failed') refused = job;
    else running.push(job);
  }
  assert.match(refused.error ?? '', /EMFILE/);
  assert.ok(running.length > 3);

  const [first, second, timed] = running as [JobRecord, JobRecord, JobRecord];
  await manager.input.write(first.id, 'a line\n', false);
  await untilPrinted(manager, first.id, 'forked');
  assert.match(rawLog(manager, first.id).toString(), /^ready\ngot a line\n/);
  const child = Number(/\d+/.exec(rawLog(manager, first.id).toString())![0]);
  const { job, survivors } = await manager.kill(first.id, 'agent');
  assert.deepEqual([job.status, survivors], ['killed', []]);
  assert.deepEqual([first.pid!, child].filter(isAlive), []);
  for (const { id, pid } of [second, timed]) {
    assert.equal((await manager.kill(id, 'agent')).job.status, 'killed');
    assert.equal(isAlive(pid!), false);
  }
  // When descriptors are free again, new jobs start.
  const next = await start(manager, 'echo next');
  assert.equal((await untilEnd(manager, next.id)).status, 'completed');
  for (const { id } of running) await manager.kill(id, 'agent');
  assert.deepEqual(
    running.filter(({ pid }) => isAlive(pid!)),
    [],
  );
});

// Promise: no-descriptors
test('without a free descriptor a manager reports that, not dropped output', async (t) => {
  const storage = storageFolder(t);
  const { id } = await startReady(openManager(t, { storage }), 'seq 1 1000; echo ready; exec sleep 100');
  // The other one may have the output in memory.
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  const { end } = manager.logs.range(id);
  const taken: number[] = [];
  const fill = (): void => {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  };
  try {
    assert.throws(fill, { code: 'EMFILE' });
    assert.throws(() => manager.logs.readText(id, { cursor: 0, maxBytes: 10_000 }), { code: 'EMFILE' });
    assert.equal(manager.logs.range(id).end, end);
  } finally {
    for (const fd of taken) closeSync(fd);
  }
  assert.match(manager.logs.readText(id, { cursor: 0, maxBytes: 10_000 }).text, /^1\n2\n3\n/);
});
