import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRawStdio } from '../support/raw-stdio.ts';
import { assertRefused, prepare, run, shareSession, SOON, startReady } from './support/session.ts';

const session = await shareSession();
const bystander = await prepare(session, () =>
  startReady(session, 'seq 1 9; echo ready; cat', { name: 'by' }),
);

test('a call with null in place of its arguments is a call without arguments', async (t) => {
  const { ask, initialize } = openRawStdio(t);
  await initialize();
  const { result } = await ask('tools/call', { name: 'list', arguments: null, _meta: null });
  assert.match(JSON.stringify(result?.content), /running=0 finished=0/);
  const { error } = await ask('tools/list', null);
  assert.equal(error, undefined);
});

test('a request whose params or whose cursor is null is answered', async (t) => {
  const { ask, initialize } = openRawStdio(t);
  await initialize();
  for (const params of [null, { cursor: null }, { _meta: { progressToken: null } }]) {
    for (const method of ['tools/list', 'resources/list']) {
      const { error } = await ask(method, params);
      assert.equal(error, undefined, `${method} ${JSON.stringify(params)}`);
    }
  }
});

test('a parameter that is null is absent', async () => {
  const args = {
    name: null,
    cwd: null,
    env: { A: null, B: 'b' },
    until: null,
    kill_after_s: null,
    stderr: null,
  };
  const { log, facts } = await run(session, 'echo "hi $A$B"', args);
  assert.equal(log, 'hi b\n');
  assert.equal(facts.name, undefined);
  assertRefused(await session.call('status', { job_id: null }), /"job_id" is missing/);
});

test('numbers and booleans in strings are read', async () => {
  const { log } = await session.call('tail', { job_id: 'by', lines: '2' });
  assert.equal(log, '9\nready\n');
  const started = await session.call('execute', { command: 'echo hi', wait_s: '45', kill_after_s: '30.5' });
  assert.equal(started.facts.reason, 'exit');
  const { facts: sent } = await session.call('interact', { job_id: 'by', input: 5, newline: 'false' });
  const printed = { job_id: 'by', cursor: Number(sent.cursor), until: 'output', wait_s: SOON };
  assert.equal((await session.call('wait', printed)).log, '5');
});

test('values of env are text: numbers and booleans, and the whole as JSON text', async () => {
  for (const env of [{ PORT: 3000, CI: true, RATE: 0.5 }, '{"PORT":3000,"CI":true,"RATE":"0.5"}']) {
    const { log } = await run(session, 'echo "$PORT $CI $RATE"', { env });
    assert.equal(log, '3000 true 0.5\n');
  }
});

test('job_id and cursor of wait may be JSON text', async () => {
  const args = {
    job_id: '["by"]',
    cursor: `{"by":"${Number(bystander.facts.next_cursor)}"}`,
    regex: 'never',
  };
  const { facts } = await session.call('wait', { ...args, wait_s: '0.05' });
  assert.equal(facts.reason, 'timeout');
  assert.equal(facts.id, bystander.id);
});

test('a single number is a list of one name', async () => {
  const { id } = await startReady(session, 'echo ready; exec cat', { name: 12345678 });
  for (const tool of ['wait', 'kill']) {
    const reply = await session.call(tool, { job_ids: 12345678, ...(tool === 'wait' && { regex: 'ready' }) });
    assert.deepEqual([reply.isError, reply.facts.id], [false, id], reply.text);
  }
});

test('all arguments may be JSON text', async (t) => {
  const { ask, initialize } = openRawStdio(t);
  await initialize();
  const { result } = await ask('tools/call', { name: 'list', arguments: '{"limit":"1","status":null}' });
  assert.match(JSON.stringify(result?.content), /running=0 finished=0/);
});

test('arguments that are not an object are refused', async (t) => {
  const { ask, initialize } = openRawStdio(t);
  await initialize();
  for (const wrong of [5, [], true, 'x', '[]']) {
    const { result } = await ask('tools/call', { name: 'list', arguments: wrong });
    assert.equal(result?.isError, true, JSON.stringify(wrong));
    assert.match(JSON.stringify(result.content), /Error: The arguments are wrong: pass an object/);
  }
});

for (const [unknown, nearest] of [
  ['jobId', 'job_id'],
  ['id', 'job_id'],
  ['line', 'lines'],
  ['maxBytes', 'max_bytes'],
] as const) {
  test(`an unknown parameter ${unknown} is refused with the nearest one`, async () => {
    const reply = await session.call('tail', { job_id: 'by', [unknown]: '1' });
    assertRefused(reply, new RegExp(`no parameter "${unknown}"\\. Did you mean "${nearest}"\\?`));
  });
}
