import assert from 'node:assert/strict';
import { test } from 'node:test';
import { node, openCmdSession, skip } from './session.ts';

// Promise: windows-dropped-segments
test('segments are dropped while they are read', { skip }, async (t) => {
  const session = await openCmdSession(t, { args: ['--max-output-size', '1'] });
  const { facts } = await session.call('execute', { command: node('print-lines.mjs', '20000') });
  let isRunning = true;
  let cursor = 0;
  for (let reads = 0; isRunning; reads++) {
    const page = await session.call('output', { job_id: facts.id, cursor: reads % 2 === 0 ? 0 : cursor });
    assert.equal(page.isError, false, page.text);
    cursor = Number(page.facts.next_cursor);
    isRunning = page.facts.status === 'running';
  }
  const { log } = await session.call('tail', { job_id: facts.id, lines: 1 });
  assert.match(log, /^line 19999 x+/);
  assert.match((await session.call('status', { job_id: facts.id })).text, /log_dropped=\d{6}/);
});
