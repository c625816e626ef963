import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Growth } from './job-activity.ts';
import type { JobManager } from './manager.ts';

test('waiting for a job again and again leaves nothing behind at the signal', async () => {
  let grow: () => void = () => undefined;
  const watch = (_: string, listener: () => void) => {
    grow = listener;
    return () => undefined;
  };
  const growth = new Growth({ watch } as unknown as JobManager, 'id');
  const stop = new AbortController();
  for (let round = 0; round < 100; round++) {
    const grown = growth.since(growth.version, stop.signal);
    grow();
    await grown;
  }
  assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
  const grown = growth.since(growth.version, stop.signal);
  stop.abort();
  await grown;
});
