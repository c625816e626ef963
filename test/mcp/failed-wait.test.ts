import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestEndpoint } from '../support/endpoint.ts';

test('a start whose wait fails names the job, so that nobody starts it again', async (t) => {
  const { manager, open } = await openTestEndpoint(t);
  const client = await open();
  const path = '/jobs/output.0';
  const failure = Object.assign(new Error(`EMFILE: too many open files, open '${path}'`), {
    ...{ code: 'EMFILE', syscall: 'open', path },
  });
  t.mock.method(manager, 'wait', () => Promise.reject(failure));
  const started = await client.call('execute', { command: 'exec sleep 100', name: 'web', wait_s: 1 });
  const { id } = manager.jobs.get('web');
  assert.match(started, new RegExp(`^Error: .*too many files are open.* The job was started: id=${id} `));
  const again = await client.call('restart', { job_id: 'web', wait_s: 1 });
  const { id: next } = manager.jobs.get('web');
  assert.notEqual(next, id);
  assert.match(
    again,
    new RegExp(`^Error: .*too many files.* The job was started: id=${next} .*previous=${id}`),
  );
});
