import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSession, runnersOf, storageFolder } from '../support/mcp-session.ts';
import { eventually } from './support/processes.ts';
import { listOf, run, startReady } from './support/session.ts';

// Promise: restart-everything, kept-history
test('lists finished jobs of an earlier session, with their logs', async (t) => {
  const storage = storageFolder(t);
  const first = await openSession(t, { storage });
  await run(first, 'echo one; exit 3', { name: 'failing' });
  await run(first, 'echo two');
  await startReady(first, 'echo ready; exec sleep 100', { name: 'cut' });
  const before = await listOf(first);
  await first.close();
  await eventually('the runner ends', () => runnersOf(storage).length === 0);

  const second = await openSession(t, { storage });
  const after = await listOf(second);
  const pick = (jobs: typeof after) =>
    jobs.map(({ id, name, command, started }) => [id, name, command, started]);
  assert.deepEqual(pick(after), pick(before));
  assert.deepEqual(
    after.map(({ status, exit_code, ended_by }) => [status, exit_code, ended_by]),
    [
      ['killed', undefined, 'shutdown'],
      ['completed', '0', undefined],
      ['failed', '3', undefined],
    ],
  );
  assert.equal((await second.call('output', { job_id: 'failing' })).log, 'one\n');
  assert.equal((await second.call('search', { job_id: 'cut', regex: 'rea' })).facts.matches, '1');
});

test('restarts a job of an earlier session with its environment', async (t) => {
  const storage = storageFolder(t);
  const first = await openSession(t, { storage });
  const { facts } = await run(first, 'echo "$WORD"', { env: { WORD: 'kept' } });
  await first.close();
  const second = await openSession(t, { storage });
  const restarted = await second.call('restart', { job_id: facts.id });
  assert.equal(restarted.facts.previous, facts.id);
  const { log } = await second.call('wait', { job_id: restarted.facts.id, wait_s: 45 });
  assert.equal(log, 'kept\n');
});
