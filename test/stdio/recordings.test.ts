import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingPath, RECORDINGS } from '../support/recordings.ts';
import { finalScreen, trimmed } from '../support/terminal.ts';
import { run, shareSession } from './support/session.ts';

const session = await shareSession();

for (const [file, recorded] of [
  ['npm-install', RECORDINGS.npmInstall],
  ['npm-8-install', RECORDINGS.npm8Install],
  ['gcc', RECORDINGS.gcc],
  ['vitest-piped', RECORDINGS.vitestPiped],
] as const) {
  test(`a job that prints what ${file} printed reads like its final screen`, async () => {
    const { facts } = await run(session, `cat '${recordingPath(file)}'`);
    const expected = await finalScreen(recorded);
    for (const max_bytes of [1000, 8000, 100_000]) {
      const text = await readAll(facts.id, { max_bytes });
      assert.deepEqual(trimmed(text.split('\n')), expected, `pages of ${max_bytes}`);
    }
    const tail = await session.call('tail', { job_id: facts.id, lines: 1000, max_bytes: 200_000 });
    assert.deepEqual(trimmed(tail.log.split('\n')), expected, 'tail');
    assert.equal(await readAll(facts.id, { view: 'raw' }), recorded.toString(), 'raw');
  });
}

async function readAll(job_id: string | undefined, choice: Record<string, unknown>): Promise<string> {
  let all = '';
  for (let cursor = 0, left = 1; left > 0;) {
    const { facts, log, text, isError } = await session.call('output', { job_id, cursor, ...choice });
    assert.equal(isError, false, text);
    all += log;
    [cursor, left] = [Number(facts.next_cursor), Number(facts.left)];
  }
  return all;
}
