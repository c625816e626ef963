import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { allDone } from './all-done.ts';

test('waits for all promises before it throws the error of one', async () => {
  let isDone = false;
  const slow = delay(20).then(() => (isDone = true));
  await assert.rejects(allDone([Promise.reject(new Error('one')), slow]), /^Error: one$/);
  assert.equal(isDone, true);
});

test('throws the errors of several promises together', async () => {
  const all = [Promise.reject(new Error('one')), Promise.resolve(), Promise.reject(new Error('two'))];
  await assert.rejects(allDone(all), (error: AggregateError) => {
    assert.deepEqual(error.errors.map(String), ['Error: one', 'Error: two']);
    return true;
  });
  await allDone([Promise.resolve()]);
});
