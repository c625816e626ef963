import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FILE, node, openCmdSession, processesOf, skip, startUntil } from './session.ts';

const session = skip === false ? await openCmdSession(FILE) : undefined!;

// Promise: windows-interrupt
test('Ctrl+C reaches the program, which handles it', { skip }, async () => {
  const { facts } = await startUntil(session, node('handle-interrupt.mjs'), 'ready');
  await session.call('interact', { job_id: facts.id, key: 'ctrl-c' });
  const { facts: end } = await session.call('wait', { job_id: facts.id, timeout_s: 45 });
  const { text } = await session.call('output', { job_id: facts.id });
  assert.match(text, /got SIGINT/);
  // It exits with code 0.
  assert.equal(end.status, 'completed');
  assert.equal(end.ended_by, 'agent');
});

// Promise: windows-interrupt
test('a kill ends a program that ignores Ctrl+C after the grace', { skip }, async () => {
  const { facts } = await startUntil(session, node('handle-interrupt.mjs', 'ignore'), 'ready');
  const { facts: end, log } = await session.call('kill', { job_id: facts.id, grace_s: 10 });
  assert.equal(end.survivors, '0');
  assert.match(log, /got SIGINT/);
  assert.deepEqual(await processesOf(facts.id!), []);
});

// Promise: windows-interrupt
test('a kill lets a program end itself', { skip }, async () => {
  const { facts } = await startUntil(session, node('handle-interrupt.mjs'), 'ready');
  const { log, facts: end } = await session.call('kill', { job_id: facts.id, grace_s: 20 });
  assert.match(log, /got SIGINT/);
  assert.equal(end.status, 'killed');
});

for (const signal of ['SIGHUP', 'SIGQUIT']) {
  // Promise: windows-signals
  test(`${signal} is refused with what to use instead`, { skip }, async () => {
    const { facts } = await startUntil(session, node('sleep.mjs', 'x'), 'ready x');
    const { isError, text } = await session.call('kill', { job_id: facts.id, signal });
    assert.ok(isError);
    assert.match(text, new RegExp(`Windows has no ${signal}\\. Use SIGTERM`));
    await session.call('kill', { job_id: facts.id, signal: 'SIGKILL' });
  });
}
