import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestEndpoint } from '../support/endpoint.ts';

test('a start whose dependency fails meanwhile says that the job is listed, and which jobs to restart', async (t) => {
  const { manager, open } = await openTestEndpoint(t);
  const client = await open();
  const requestedAt = Date.now();
  await client.call('execute', { command: 'exit 3', name: 'base', wait_s: 45 });
  const start = manager.start.bind(manager);
  t.mock.method(manager, 'start', (request: Parameters<typeof start>[0]) =>
    start({ ...request, requestedAt }),
  );
  const reply = await client.call('execute', { command: 'echo never', name: 'top', after: ['base'] });
  const [base, top] = [manager.jobs.get('base'), manager.jobs.get('top')];
  assert.deepEqual([top.status, top.failedDependency], ['failed', base.id]);
  assert.equal(
    reply,
    `Error: The job has failed. It was not started, because the job "base" (${base.id}) failed with exit code 3. ` +
      `It is listed with id=${top.id} status=failed. Fix the cause and restart "base" first, then "top".`,
  );
  const last = await client.call('execute', { command: 'echo never', name: 'last', after: ['top'] });
  assert.match(
    last,
    /because the job "base" .* Fix the cause and restart "base" first, then "top", then "last"\.$/,
  );
  // A restart leaves out a finished job that has no name.
  const unnamed = await client.call('execute', { command: 'exit 3', wait_s: 45 });
  const id = /\bid=(\S+)/.exec(unnamed)?.[1];
  const alone = await client.call('execute', { command: 'echo ran', name: 'alone', after: [id] });
  assert.match(alone, /Fix the cause and restart "alone"\.$/);
  const again = await client.call('restart', { job_id: 'alone', wait_s: 45 });
  assert.match(again, /status=completed/);
});
