import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reply } from '../support/mcp-session.ts';
import { eventually } from './support/processes.ts';
import { shareSession, SOON, start, statusOf } from './support/session.ts';

const session = await shareSession();

/** Waits for output from cursor 3 on. */
function waitForOutput(id: string, args: Record<string, unknown> = {}): Promise<Reply> {
  return session.call('wait', { job_ids: [id], until: 'output', cursors: [3], wait_s: SOON, ...args });
}

/** Starts a job whose output ends in an incomplete character or sequence behind cursor 3. It continues with a line of input. */
async function startIncomplete(printed: string, rest: string, args: Record<string, unknown> = {}) {
  const id = await start(session, `printf 'abc${printed}'; read x && printf '${rest}'; read y`, args);
  const last = await session.call('wait', { job_id: id, regex: '^abc$', wait_s: SOON });
  assert.equal(last.facts.reason, 'pattern');
  await eventually('everything is printed', async () => Number((await statusOf(session, id)).log_end) > 3);
  return id;
}

const CASES = [
  { what: 'character', printed: '\\303', rest: '\\251\\n', shown: 'é\n' },
  { what: 'Latin-1 character', printed: '\\351', rest: '!', shown: '\ufffd!' },
  { what: 'escape sequence', printed: '\\033[3', rest: '1mred\\n', shown: 'red\n' },
];
for (const { what, printed, rest, shown } of CASES) {
  test(`until=output waits for the rest of an incomplete ${what}`, async () => {
    const id = await startIncomplete(printed, rest);
    const waiting = waitForOutput(id);
    await session.call('interact', { job_id: id, input: '' });
    const { facts, log } = await waiting;
    assert.deepEqual([facts.reason, facts.cursor, log], ['output', '3', shown]);
    assert.equal(facts.left, '0');
  });
}

test('a pattern finds an incomplete character at the end once the job has exited, as pages show it', async () => {
  const id = await startIncomplete('\\346\\274', '');
  const search = (): Promise<Reply> => session.call('search', { job_id: id, regex: 'abc.$' });
  assert.equal((await search()).facts.matches, '0');
  const waiting = session.call('wait', { job_id: id, regex: 'abc.$', wait_s: SOON });
  await session.call('interact', { job_id: id, input: '', keys: ['enter', 'enter'] });
  const { facts, log } = await waiting;
  assert.deepEqual([facts.reason, log], ['pattern', 'abc\ufffd']);
  assert.equal((await search()).facts.matches, '1');
  assert.match((await session.call('output', { job_id: id })).log, /^abc\ufffd$/);
});

test('until=output times out if nothing completes a character, and an exit completes it', async () => {
  const id = await startIncomplete('\\351', '');
  const late = await waitForOutput(id, { wait_s: 1 });
  assert.deepEqual([late.facts.reason, late.facts.next_cursor, late.log], ['timeout', '3', '']);
  const waiting = waitForOutput(id);
  await session.call('interact', { job_id: id, keys: ['ctrl-d'] });
  const { facts, log } = await waiting;
  assert.deepEqual([facts.next_cursor, log], ['4', '\ufffd']);
});

test('until=output sees one stream while the other is inside a character', async () => {
  const command = "printf 'abc\\303'; read x; echo fault >&2; read y";
  const id = await start(session, command, { stderr: 'separate' });
  await eventually('everything is printed', async () => (await statusOf(session, id)).log_end === '4');
  const waiting = waitForOutput(id);
  await session.call('interact', { job_id: id, input: '' });
  const { facts, log } = await waiting;
  assert.deepEqual([facts.reason, facts.next_cursor], ['output', '10']);
  assert.match(log, /fault\n/);
});
