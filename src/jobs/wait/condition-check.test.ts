import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import type { JobRecord } from '../../protocol/job-record.ts';
import { type ConditionSource, makeCheck } from './condition-check.ts';

test('a job that has no process yet has not opened a port, whoever listens on it', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let job: Partial<JobRecord> = { id: 'job', status: 'queued' };
  const inspect = async () => ({ processes: [], ports: job.pid === undefined ? [] : [port] });
  const jobs = { get: () => job, list: () => [job] };
  const source = { jobs, inspect } as unknown as ConditionSource;
  const check = makeCheck(
    source,
    { id: 'job', cursor: 0 },
    { until: 'port', port },
    new AbortController().signal,
  );
  assert.equal(await check.run(), undefined);
  // The runner looks at the port before it creates the process.
  job = { ...job, status: 'running' };
  assert.equal(await check.run(), undefined);
  job = { ...job, pid: 1 };
  assert.deepEqual(await check.run(), { reason: 'port', isOwnPort: true });
});
