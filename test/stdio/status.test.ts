import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/runner.ts';
import { run, shareSession, start, startReady, statusOf } from './support/session.ts';

const session = await shareSession();

test('shows everything about a running job', async () => {
  const command = 'sleep 100 & echo first; echo "it is ready"; wait';
  const { id, pid } = await startReady(session, command, { name: 'all', cwd: '/', kill_after_s: 90 });
  const facts = await statusOf(session, 'all');
  assert.equal(facts.id, id);
  assert.equal(facts.name, 'all');
  assert.equal(facts.status, 'running');
  assert.equal(facts.pid, String(pid));
  assert.match(facts.ran ?? '', /^\d+(ms|s)$/);
  assert.equal(facts.kill_after_s, '90');
  assert.equal(facts.command, command);
  assert.equal(facts.cwd, '/');
  assert.match(facts.shell ?? '', /^\/.*sh$/);
  assert.equal(facts.stdin, 'open');
  assert.equal(facts.stderr, 'merged');
  assert.equal(Math.abs(Date.now() - Date.parse(facts.started ?? '')) < 60_000, true);
  assert.equal(facts.ended, undefined);
  assert.equal(facts.ended_by, undefined);
  assert.equal(facts.owner, 'you');
  assert.equal(facts.client, 'test-client');
  assert.equal(facts.log_end, '18');
  assert.equal(facts.log_dropped, undefined);
  assert.equal(facts.processes, '2');
  assert.match(facts.cpu_ms ?? '', /^\d+$/);
  assert.equal(Number(facts.memory_bytes) > 100_000, true);
  assert.equal(facts.ports, undefined);
  assert.equal(facts.last_line, 'it is ready');
});

test('shows how and when a finished job ended', async () => {
  const { facts } = await run(session, 'exit 7');
  const status = await statusOf(session, facts.id ?? '');
  assert.equal(status.status, 'failed');
  assert.equal(status.exit_code, '7');
  assert.equal(status.ended_by, 'itself');
  assert.equal(Date.parse(status.ended ?? '') >= Date.parse(status.started ?? ''), true);
  assert.equal(status.processes, undefined);
  assert.equal(status.left_behind, undefined);
  assert.equal(status.last_line, undefined);
});

test('shows that the agent stopped a job', async () => {
  const { id } = await startReady(session, 'echo ready; exec sleep 100');
  await session.call('kill', { job_id: id });
  const status = await statusOf(session, id);
  assert.equal(status.status, 'killed');
  assert.equal(status.signal, 'SIGTERM');
  assert.equal(status.ended_by, 'agent');
});

test('shows the lines and blanks of a command as they are, and shortens it', async () => {
  const { facts } = await run(session, `echo a\n\techo  b\n# ${'x'.repeat(3000)}`);
  const { command = '' } = await statusOf(session, facts.id ?? '');
  assert.match(command, /^echo a\n\techo {2}b\n# x+…$/);
  assert.equal(command.length, 1000);
});

test('shows an unfinished last line, without colors', async () => {
  const { id } = await startReady(session, `echo one; printf '\\033[1mready?\\033[0m '; read x`);
  assert.equal((await statusOf(session, id)).last_line, 'ready? ');
});

test('says how many processes of a job are stopped', async () => {
  const { id, pid } = await startReady(session, 'echo ready; exec sleep 100');
  assert.equal((await statusOf(session, id)).stopped, undefined);
  process.kill(pid, 'SIGSTOP');
  await eventually('the process is stopped', async () => (await statusOf(session, id)).stopped === '1');
  assert.equal((await statusOf(session, id)).status, 'running');
  await session.call('kill', { job_id: id });
});

test('says how long a job may take to shut down', async () => {
  const id = await start(session, 'exec sleep 100', { grace_s: 5 });
  assert.equal((await statusOf(session, id)).grace_s, '5');
  await session.call('kill', { job_id: id });
});
