import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFinished } from '../../src/protocol/job-record.ts';
import { openTestEndpoint } from '../support/endpoint.ts';
import { eventually } from '../support/runner.ts';

/** Lets jobs end after a wait for them has ended, before the reply is written. */
async function openLate(t: Parameters<typeof openTestEndpoint>[0]) {
  const { manager, open } = await openTestEndpoint(t);
  const end = async (id: string): Promise<void> => {
    await manager.input.write(id, '\n', false);
    await eventually('it has ended', () => isFinished(manager.jobs.get(id)));
  };
  const current = manager.problems.current.bind(manager.problems);
  t.mock.method(manager.problems, 'current', async (id: string) => {
    if (manager.jobs.get(id).status === 'running') await end(id);
    return current(id);
  });
  return open();
}

test('a reply to a wait never proposes to keep waiting for a job that has ended meanwhile', async (t) => {
  const client = await openLate(t);
  const reply = await client.call('execute', { command: 'read line; exit 3', until: 'exit', wait_s: 0.1 });
  assert.match(reply, /^id=\S+ status=failed exit_code=3 .*reason=exit /);
  assert.doesNotMatch(reply, /To keep waiting/);
});

test('such a wait finds the line that the job printed last', async (t) => {
  const client = await openLate(t);
  const reply = await client.call('execute', {
    command: 'read line; echo built',
    regex: '^built',
    wait_s: 0.1,
  });
  assert.match(reply, /status=completed .*reason=pattern match=built .*\nbuilt/);
});

test('such a wait for several jobs says so of each', async (t) => {
  const client = await openLate(t);
  const ids: string[] = [];
  for (const code of [0, 4]) {
    const started = await client.call('execute', { command: `read line; exit ${code}` });
    ids.push(/id=(\S+)/.exec(started)?.[1] ?? '');
  }
  const reply = await client.call('wait', { job_ids: ids, mode: 'all', until: 'exit', wait_s: 0.1 });
  assert.deepEqual(reply.match(/(exit_code|reason)=\S+/g), [
    ...['exit_code=0', 'reason=exit'],
    ...['exit_code=4', 'reason=exit'],
  ]);
  assert.doesNotMatch(reply, /To keep waiting/);
});
