import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestEndpoint } from '../support/endpoint.ts';

test('a start whose dependency fails meanwhile says that the job is listed, and what to restart', async (t) => {
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
      `It is listed with id=${top.id} status=failed. Fix the cause and restart that job first, then this one.`,
  );
  assert.match(
    await client.call('execute', { command: 'echo never', after: ['top'] }),
    /^Error: The job has failed\. It was not started, because the job "top" .* Fix the cause and restart that job first/,
  );
});
