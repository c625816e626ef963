import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { JobActivity } from './job-activity.ts';

test('repeated waits leave no listeners on the signal', async () => {
  let change: () => void = () => undefined;
  const watch = (_: string, listener: () => void) => {
    change = listener;
    return () => undefined;
  };
  const activity = new JobActivity({ watch }, 'id');
  const stop = new AbortController();
  for (let round = 0; round < 100; round++) {
    const changed = activity.since(activity.version, stop.signal);
    change();
    await changed;
  }
  assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
  const changed = activity.since(activity.version, stop.signal);
  stop.abort();
  await changed;
});
