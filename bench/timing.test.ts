import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timesDuring, within } from './timing.ts';

test('times calls one after the other until the work is done', async () => {
  let finish: (value?: unknown) => void = () => undefined;
  const work = new Promise((resolve) => (finish = resolve));
  let calls = 0;
  const call = async (): Promise<void> => {
    if (++calls === 3) finish();
  };
  const times = await timesDuring(work, call, 0);
  assert.equal(times.length, calls);
  assert.ok(calls >= 3);
});

test('stops waiting for work that fails or takes too long', async () => {
  const failing = Promise.reject(new Error('fell over'));
  await assert.rejects(
    timesDuring(failing, () => Promise.resolve(), 0),
    /fell over/,
  );
  await assert.rejects(within(0.001, new Promise(() => undefined)), /not finished within 0.001 s/);
});
