import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFinished, type JobRecord } from '../../src/protocol/job-record.ts';
import { openTestEndpoint } from '../support/endpoint.ts';
import { eventually } from '../support/runner.ts';

/** Lets jobs end after a wait for them has ended, before the reply is written. */
async function openLate(t: Parameters<typeof openTestEndpoint>[0]) {
  const { manager, open } = await openTestEndpoint(t);
  const end = async (id: string): Promise<void> => {
    await manager.input.write(id, '\n', false);
    await eventually('it has ended', () => isFinished(manager.jobs.get(id)));
  };
  const isReading = ({ command }: JobRecord): boolean => command.startsWith('read');
  let ending: Promise<unknown> | undefined;
  const current = manager.problems.current.bind(manager.problems);
  t.mock.method(manager.problems, 'current', async (id: string) => {
    ending ??= Promise.all(
      manager.jobs
        .list()
        .filter(isReading)
        .map((each) => end(each.id)),
    );
    await ending;
    return current(id);
  });
  return open();
}

async function startOne(client: Awaited<ReturnType<typeof openLate>>, command: string): Promise<string> {
  const started = await client.call('execute', { command });
  return /id=(\S+)/.exec(started)?.[1] ?? '';
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

test('such a wait for the first of several jobs says so of one that has ended', async (t) => {
  const client = await openLate(t);
  const ids = [await startOne(client, 'exec sleep 100'), await startOne(client, 'read line; exit 4')];
  const reply = await client.call('wait', { job_ids: ids, mode: 'any', until: 'exit', wait_s: 0.1 });
  assert.match(reply, new RegExp(`^id=${ids[1]} status=failed exit_code=4 .*reason=exit `));
  assert.doesNotMatch(reply, /To keep waiting/);
});

test('such a wait for several jobs says so of each', async (t) => {
  const client = await openLate(t);
  const ids = [await startOne(client, 'read line'), await startOne(client, 'read line; exit 4')];
  const reply = await client.call('wait', { job_ids: ids, mode: 'all', until: 'exit', wait_s: 0.1 });
  assert.deepEqual(reply.match(/(exit_code|reason)=\S+/g), [
    ...['exit_code=0', 'reason=exit'],
    ...['exit_code=4', 'reason=exit'],
  ]);
  assert.doesNotMatch(reply, /To keep waiting/);
});
