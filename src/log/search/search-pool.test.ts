import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { atEnd, scratchFolder } from '../../../test/support/scratch.ts';
import { WorkerError } from '../../base/worker-pool.ts';
import { LogWriter } from '../store/log-writer.ts';
import type { SearchRequest } from './log-search.ts';
import { SearchPool } from './search-pool.ts';

const SCRIPT = join(import.meta.dirname, 'search-worker.ts');

function openPool(context: TestContext, script = SCRIPT): SearchPool {
  const pool = new SearchPool(script);
  atEnd(context, () => pool.dispose());
  return pool;
}

/** A log on which a pattern with nested repetitions never finishes. */
function makeSearch(context: TestContext): (pattern: string) => SearchRequest {
  const folder = scratchFolder(context);
  const writer = new LogWriter(folder, 1 << 20);
  const text = `needle\n${'a'.repeat(50)}!\n`;
  writer.write('stdout', Buffer.from(text), text.length);
  writer.close();
  return (pattern) => ({ folder, cursor: 0, pattern, context: 1, maxMatches: 10 });
}

const STUCK = '^(a+)+$';

test('finds the same in a worker as without one', async (t) => {
  const pool = openPool(t);
  const request = makeSearch(t);
  for (let count = 0; count < 3; count++) {
    const { matches, lines } = await pool.run(request('^needle$'));
    assert.deepEqual(
      [matches.length, matches[0]?.text, matches[0]?.after.length, lines],
      [1, 'needle', 1, 2],
    );
  }
});

test('reports an invalid pattern, and runs the next search', async (t) => {
  const pool = openPool(t);
  const request = makeSearch(t);
  await assert.rejects(pool.run(request('(')), (error) => {
    assert.ok(error instanceof WorkerError);
    assert.match(error.message, /^Invalid regular expression: .*\. Correct the pattern\.$/);
    return true;
  });
  assert.equal((await pool.run(request('needle'))).matches.length, 1);
});

test('leaves nothing at the signal of a search that waited for a worker', async (t) => {
  const pool = openPool(t);
  const request = makeSearch(t)('needle');
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 12 }, () => pool.run(request, signal)));
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('stops a pattern that is stuck, and runs other searches meanwhile', async (t) => {
  const pool = openPool(t);
  const request = makeSearch(t);
  // Starts two workers, so that the other searches need not wait for their own.
  await Promise.all([pool.run(request('needle')), pool.run(request('needle'))]);
  let isGivenUp = false;
  const stuck = assert.rejects(
    pool.run(request(STUCK)).finally(() => (isGivenUp = true)),
    (error) =>
      error instanceof WorkerError && error.message.startsWith(`The pattern /${STUCK}/ takes too long`),
  );
  for (let count = 0; count < 3; count++) {
    assert.equal((await pool.run(request('needle'))).matches.length, 1);
  }
  assert.equal(isGivenUp, false);
  await stuck;
});

test('runs more searches than there are workers in turn', async (t) => {
  const pool = openPool(t);
  const request = makeSearch(t);
  const found = await Promise.all(Array.from({ length: 12 }, () => pool.run(request('needle'))));
  assert.ok(found.every(({ matches }) => matches.length === 1));
});

test('cancels a search before it begins, while it waits, and while it runs', async (t) => {
  const pool = openPool(t);
  const request = makeSearch(t);
  const isCancelled = (error: unknown): boolean =>
    error instanceof WorkerError && error.message === 'The search was cancelled.';
  await assert.rejects(pool.run(request('needle'), AbortSignal.abort()), isCancelled);
  const running = new AbortController();
  const waiting = new AbortController();
  const searches = Array.from({ length: 4 }, () => pool.run(request(STUCK), running.signal));
  const settled = Promise.allSettled(searches);
  const queued = assert.rejects(pool.run(request('needle'), waiting.signal), isCancelled);
  const last = pool.run(request('needle'));
  waiting.abort();
  await queued;
  running.abort();
  for (const result of await settled) assert.ok(result.status === 'rejected' && isCancelled(result.reason));
  assert.equal((await last).matches.length, 1, 'those behind them have their turn');
});

test('fails running searches when the pool is disposed of', async (t) => {
  const pool = openPool(t);
  const request = makeSearch(t);
  await pool.run(request('needle'));
  const stuck = assert.rejects(pool.run(request(STUCK)), /The search was stopped/);
  await new Promise(setImmediate);
  await pool.dispose();
  await stuck;
});

test('fails if a worker cannot be started', async (t) => {
  const pool = openPool(t, join(scratchFolder(t), 'missing.js'));
  await assert.rejects(pool.run(makeSearch(t)('needle')), WorkerError);
});
