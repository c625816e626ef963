import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused, prepare, shareSession, SOON, startReady, statusOf } from './support/session.ts';

const session = await shareSession();
const { id } = await prepare(session, () =>
  startReady(session, 'echo ready; cat', { name: 'by', env: { A: 'b' } }),
);

const OLD: readonly (readonly [tool: string, args: Record<string, unknown>, old: string, now: string])[] = [
  ['execute', { command: 'echo ready; exec sleep 100', pattern: 'ready' }, 'pattern', 'regex'],
  ['execute', { command: 'true', timeout_s: 50 }, 'timeout_s', 'kill_after_s'],
  ['wait', { job_id: 'by', pattern: 'ready' }, 'pattern', 'regex'],
  ['wait', { job_id: 'by', until: 'output', timeout_s: SOON }, 'timeout_s', 'wait_s'],
  ['search', { job_id: 'by', pattern: 'ready' }, 'pattern', 'regex'],
  ['output', { job_id: 'by', format: 'raw' }, 'format', 'view'],
  ['tail', { job_id: 'by', format: 'text' }, 'format', 'view'],
  ['interact', { job_id: 'by', key: 'enter' }, 'key', 'keys'],
];

for (const [tool, args, old, now] of OLD) {
  test(`${tool} accepts ${old}, the old name of ${now}, and says so`, async () => {
    const { isError, blocks } = await session.call(tool, args);
    assert.equal(isError, false, blocks.join('\n'));
    assert.match(blocks.at(-1) ?? '', new RegExp(`"${old}" is now called "${now}"`));
  });

  test(`${tool} refuses ${old} together with ${now}`, async () => {
    const reply = await session.call(tool, { ...args, [now]: args[old] });
    assertRefused(reply, new RegExp(`"${old}" is the old name of "${now}"\\. Pass only "${now}"`));
  });
}

test('the old name of the timeout of a job stops the job, and that of a wait does not', async () => {
  const { facts } = await session.call('execute', { command: 'exec sleep 100', timeout_s: 90 });
  assert.equal((await statusOf(session, facts.id ?? '')).kill_after_s, '90');
  const waited = await session.call('wait', { job_id: facts.id, timeout_s: 0.05 });
  assert.equal(waited.facts.reason, 'timeout');
  assert.equal(waited.facts.status, 'running');
});

test('job_id is accepted in place of job_ids, and a single cursor in place of cursors', async () => {
  const { facts, blocks } = await session.call('wait', { job_id: 'by', until: 'output', cursor: 2 });
  assert.equal(facts.id, id);
  assert.equal(facts.cursor, '2');
  assert.equal(blocks.length, 1);
  assertRefused(
    await session.call('wait', { job_id: 'by', job_ids: ['by'] }),
    /"job_id" means "job_ids"\. Pass only "job_ids"/,
  );
});

test('an unknown parameter that resembles an old name is answered with the name that it has now', async () => {
  const calls: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['wait', { job_ids: ['by'], timeout: 5 }, 'wait_s'],
    ['execute', { command: 'true', timeoutS: 5 }, 'kill_after_s'],
    ['search', { job_id: 'by', regex: 'x', patern: 'y' }, 'regex'],
    ['kill', { jobId: 'by' }, 'job_ids'],
  ];
  for (const [tool, args, now] of calls) {
    assertRefused(await session.call(tool, args), new RegExp(`Did you mean "${now}"\\?`), tool);
  }
});

test('definitions do not name old parameters', async () => {
  const { tools } = await session.client.listTools();
  for (const { name, inputSchema } of tools) {
    for (const old of ['timeout_s', 'pattern', 'format', 'key', 'eof', 'merge_stderr']) {
      assert.equal(old in (inputSchema.properties ?? {}), false, `${name} ${old}`);
    }
  }
});
