import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSession, runnersOf, storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive, untilGone } from './support/processes.ts';
import { answerOf, startReady, statusOf } from './support/session.ts';

test('with --keep-jobs a job keeps running without a client, and a later session finds, reads and stops it', async (t) => {
  const storage = storageFolder(t);
  const [go, done] = [join(storage, 'go'), join(storage, 'done')];
  const first = await openSession(t, { storage, args: ['--keep-jobs'] });
  const command =
    'seq 1 3000; echo ready; until [ -e "$GO" ]; do sleep 0.02; done; echo alone; echo > "$DONE"; read x; echo "got $x"; exec sleep 100';
  const { id, pid } = await startReady(first, command, { name: 'kept', env: { GO: go, DONE: done } });
  const [runner = 0] = runnersOf(storage);
  await first.close();
  await untilGone(first.pid);
  writeFileSync(go, '');
  await eventually('the job goes on', () => existsSync(done));

  const second = await openSession(t, { storage, args: ['--keep-jobs'] });
  const status = await statusOf(second, 'kept');
  assert.equal(status.id, id);
  assert.equal(status.pid, String(pid));
  assert.equal(status.status, 'running');
  const whole = await second.call('output', { job_id: id, max_bytes: 100_000 });
  const numbers = Array.from({ length: 3000 }, (_, at) => `${at + 1}\n`).join('');
  assert.equal(whole.log, `${numbers}ready\nalone\n`);
  assert.equal(await answerOf(second, id, 'it'), 'got it\n');
  const killed = await second.call('kill', { job_id: id });
  assert.equal(killed.facts.status, 'killed');
  assert.equal(isAlive(pid), false);
  await second.close();
  await untilGone(runner);
});

test('a later session waits for a kept job', async (t) => {
  const storage = storageFolder(t);
  const first = await openSession(t, { storage, args: ['--keep-jobs'] });
  const { id } = await startReady(first, 'echo ready; read x; exit 6');
  await first.close();
  const second = await openSession(t, { storage });
  const waiting = second.call('wait', { job_id: id, wait_s: 45 });
  await second.call('interact', { job_id: id, input: '' });
  assert.equal((await waiting).facts.exit_code, '6');
});

// Promise: host-killed
test('a kept job keeps running when the server is killed', async (t) => {
  const storage = storageFolder(t);
  const first = await openSession(t, { storage, args: ['--keep-jobs'] });
  const { id, pid } = await startReady(first, 'echo ready; exec sleep 100');
  process.kill(first.pid, 'SIGKILL');
  await untilGone(first.pid);
  const second = await openSession(t, { storage });
  assert.equal((await statusOf(second, id)).status, 'running');
  await second.call('kill', { job_id: id });
  assert.equal(isAlive(pid), false);
});

test('--keep-alive-seconds limits how long jobs run without a client', async (t) => {
  const storage = storageFolder(t);
  const args = ['--keep-jobs', '--keep-alive-seconds', '0'];
  const first = await openSession(t, { storage, args });
  const { id, pid } = await startReady(first, 'echo ready; exec sleep 100');
  const [runner = 0] = runnersOf(storage);
  await first.close();
  await untilGone(pid, runner);
  const second = await openSession(t, { storage });
  const { status, ended_by } = await statusOf(second, id);
  assert.equal(status, 'killed');
  assert.equal(ended_by, 'shutdown');
});
