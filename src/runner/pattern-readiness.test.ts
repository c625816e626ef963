import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { WorkerError } from '../base/worker-pool.ts';
import { PatternReadiness } from './pattern-readiness.ts';
import type { PatternSearch } from './pattern-search.ts';

/** Searches once, where the first searches find no descriptor. */
async function check(t: TestContext, failures: number): Promise<string[]> {
  let searches = 0;
  const search = {
    retain: () => undefined,
    release: () => undefined,
    find: async () => {
      if (++searches <= failures) throw new WorkerError('EMFILE: too many open files, open a log.');
      return { match: 5, next: 5, more: false };
    },
  } as unknown as PatternSearch;
  const events: string[] = [];
  const condition = { until: 'pattern', pattern: 'up' } as const;
  const readiness = new PatternReadiness(
    { condition, folder: '', encoding: undefined, script: '', search },
    {
      outputEnd: () => 5,
      onSearched: () => undefined,
      onReady: (isReady) => events.push(isReady ? 'ready' : 'busy'),
      onDone: () => undefined,
      onError: (error) => events.push(error),
    },
  );
  t.after(() => readiness.stop());
  await readiness.check();
  return events;
}

test('a search that finds no descriptor for a moment is tried again', async (t) => {
  assert.deepEqual(await check(t, 1), ['ready']);
});

test('a search that finds no descriptor again and again is given up, and the error says so', async (t) => {
  const [error, ...more] = await check(t, Infinity);
  assert.match(error ?? '', /cannot be found out when the job is ready: EMFILE/);
  assert.deepEqual(more, []);
});
