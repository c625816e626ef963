import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { openTestEndpoint } from '../support/endpoint.ts';
import { start } from '../support/jobs.ts';
import { eventually } from '../support/runner.ts';

test('the reply to a wait says that a job runs and its pid, also if its output is read before the news of its start', async (t) => {
  const { manager, open } = await openTestEndpoint(t);
  const client = await open();
  const gate = await start(manager, 'read line');
  const waiting = client.call('execute', {
    ...{ command: 'echo ready; exec sleep 100', after: [gate.id], name: 'next' },
    ...{ until: 'output', wait_s: 45 },
  });
  await eventually('it is queued', () => manager.jobs.queued().length === 1);
  // As on a busy machine, where the output is read before the news of the start and of its pid.
  let late = 0;
  const put = manager.jobs.put.bind(manager.jobs);
  t.mock.method(manager.jobs, 'put', (job: JobRecord) => {
    if (job.name === 'next' && job.status === 'running' && late < 2) late++;
    else put(job);
  });
  await manager.input.write(gate.id, '\n', false);
  assert.match(await waiting, /^.* status=running pid=\d+ .*reason=output/m);
  assert.equal(late, 2);
});
