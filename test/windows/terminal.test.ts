import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FILE, node, openCmdSession, processesOf, skip, startUntil } from './session.ts';

const session = skip === false ? await openCmdSession(FILE) : undefined!;

// Wine leaves the programs in a pseudoconsole without streams, so these commands open the console themselves.

// Promise: windows-terminal
test(
  'a job with a terminal shows what it draws, takes what is typed, and keeps its exit code',
  { skip },
  async () => {
    const command = 'echo ready>con& set /p line=<con& call echo got %line%>con& exit 6';
    const { facts } = await startUntil(session, command, 'ready', { tty: true, size: '100x20' });
    assert.equal(facts.tty, '100x20');
    await session.call('interact', { job_id: facts.id, input: 'typed' });
    const { facts: end, text } = await session.call('wait', { job_id: facts.id, timeout_s: 30, cursor: 0 });
    assert.equal(end.exit_code, '6', text);
    assert.match(text, /ready\s+typed\s+got typed/);
    const { log } = await session.call('tail', { job_id: facts.id, view: 'screen' });
    assert.match(log, /ready\ntyped\ngot typed/);
  },
);

// Promise: windows-terminal
test('a kill ends all processes of a job with a terminal', { skip }, async () => {
  const { facts } = await startUntil(session, `echo ready>con& ${node('sleep.mjs')}`, 'ready', { tty: true });
  const { facts: end } = await session.call('kill', { job_id: facts.id, signal: 'SIGKILL' });
  assert.equal(end.status, 'killed');
  assert.equal(end.survivors, '0');
  assert.deepEqual(await processesOf(facts.id!), []);
});
