import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestEndpoint } from '../support/endpoint.ts';
import { start } from '../support/jobs.ts';
import { eventually } from '../support/runner.ts';

test('the reply to a wait has the pid, also if a queued job has printed before its record had one', async (t) => {
  const { manager, open } = await openTestEndpoint(t);
  const client = await open();
  const gate = await start(manager, 'read line');
  const waiting = client.call('execute', {
    ...{ command: 'echo ready; exec sleep 100', after: [gate.id], name: 'next' },
    ...{ until: 'output', wait_s: 45 },
  });
  await eventually('it is queued', () => manager.jobs.queued().length === 1);
  // As on a busy machine, where the output is read first.
  let isDelayed = false;
  manager.jobs.on('changed', (job) => {
    if (job.name !== 'next' || job.pid === undefined || isDelayed) return;
    isDelayed = true;
    const { pid: _, ...early } = job;
    manager.jobs.put(early);
  });
  await manager.input.write(gate.id, '\n', false);
  assert.match(await waiting, /^.* pid=\d+ .*reason=output/m);
  assert.equal(isDelayed, true);
});
