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

test(
  'a runner of an earlier version does not say that an address beside loopback was free',
  { skip: process.platform === 'linux' ? false : 'only Linux lists the sockets of a port' },
  async (t) => {
    const before = createServer().listen(0, '127.0.0.2');
    t.after(() => before.close());
    await once(before, 'listening');
    const { port } = before.address() as AddressInfo;
    const job = { id: 'job', status: 'running', pid: 1, ready: { until: 'port', port }, isPortTaken: false };
    const source = {
      jobs: { get: () => job, list: () => [] },
      inspect: async () => ({ processes: [], ports: [] }),
    } as unknown as ConditionSource;
    const target = { id: 'job', cursor: 0 };
    const check = makeCheck(source, target, { until: 'port', port }, new AbortController().signal);
    assert.equal(await check.run(), undefined);
    const next = createServer().listen(port, '127.0.0.1');
    t.after(() => next.close());
    await once(next, 'listening');
    assert.deepEqual(await check.run(), { reason: 'port', isOwnPort: false, portOpener: undefined });
  },
);
