import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rawLog, SOON, start, startReady, untilEnd, untilPrinted } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { isAlive } from '../support/runner.ts';

// Promise: closed-output
test('a job that closed its output takes input and exits with its own code', async (t) => {
  const manager = openManager(t);
  const { id, pid } = await startReady(manager, 'echo ready; exec >&- 2>&-; read line; exit "$line"');
  // The start of another job takes one turn of the runner. By then it would have mistaken the close for the exit.
  await untilEnd(manager, (await start(manager, 'true')).id);
  assert.equal(manager.jobs.get(id).status, 'running');
  assert.equal(isAlive(pid!), true);
  await manager.input.write(id, '7\n', false);
  assert.equal((await untilEnd(manager, id)).exitCode, 7);
  assert.equal(rawLog(manager, id).toString(), 'ready\n');
});

// Promise: closed-output
test('a job that closed all its streams can be killed', async (t) => {
  const manager = openManager(t);
  const { id, pid } = await startReady(manager, 'echo ready; exec <&- >&- 2>&-; exec sleep 100');
  const { job, survivors } = await manager.kill(id, 'agent');
  assert.deepEqual([job.status, survivors], ['killed', []]);
  assert.equal(isAlive(pid!), false);
});

// Promise: inherited-pipes
test('a process that keeps the pipes open in a session of its own does not delay the end of its job, and a kill ends it', async (t) => {
  const manager = openManager(t);
  const { id } = await start(manager, `setsid sh -c 'echo $$; echo ready; exec sleep 100' & read line`);
  await untilPrinted(manager, id, 'ready');
  await manager.input.write(id, '\n', false);
  assert.equal((await untilEnd(manager, id)).exitCode, 0);
  const left = Number(/\d+/.exec(rawLog(manager, id).toString())![0]);
  assert.equal(isAlive(left), true);
  await manager.kill(id, 'person');
  assert.equal(isAlive(left), false);
  assert.equal(manager.jobs.get(id).status, 'completed');
});

// Promise: closed-stdin
test('input to a job that is exiting is accepted or refused, without a crash', async (t) => {
  const manager = openManager(t);
  const other = await startReady(manager, 'echo ready; read line; echo "got $line"');
  for (let round = 0; round < 20; round++) {
    const { id } = await start(manager, 'exec <&-; exit 0');
    const writes = Array.from({ length: 5 }, () => manager.input.write(id, 'x'.repeat(10_000), false));
    for (const result of await Promise.allSettled(writes)) {
      if (result.status === 'rejected') assert.equal((result.reason as Error).name, 'JobError');
    }
    assert.equal((await untilEnd(manager, id)).status, 'completed');
  }
  await manager.input.write(other.id, 'it\n', false);
  await manager.wait([{ id: other.id, cursor: 0 }], { until: 'exit' }, SOON);
  assert.equal(rawLog(manager, other.id).toString(), 'ready\ngot it\n');
});
