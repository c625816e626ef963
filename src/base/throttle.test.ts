import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Throttle } from './throttle.ts';

mock.timers.enable({ apis: ['setTimeout'] });

test('passes on the first value at once, then the newest once per interval', async () => {
  const received: number[] = [];
  const throttle = new Throttle<number>(10, async (value) => void received.push(value));
  for (const value of [1, 2, 3]) throttle.push(value);
  assert.deepEqual(received, [1]);
  await Promise.resolve();
  mock.timers.tick(10);
  assert.deepEqual(received, [1, 3]);
  await Promise.resolve();
  mock.timers.tick(10);
  throttle.push(4);
  assert.deepEqual(received, [1, 3, 4]);
});

test('passes on no value while the previous call is pending, then the newest', async () => {
  const received: number[] = [];
  let take: () => void = () => undefined;
  const throttle = new Throttle<number>(10, (value) => {
    received.push(value);
    return new Promise((resolve) => (take = resolve));
  });
  for (let value = 1; value <= 100; value++) {
    throttle.push(value);
    mock.timers.tick(10);
  }
  assert.deepEqual(received, [1]);
  take();
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(received, [1, 100]);
});

test('passes on nothing after it is disposed', async () => {
  const received: number[] = [];
  const throttle = new Throttle<number>(10, async (value) => void received.push(value));
  throttle.push(1);
  throttle.push(2);
  throttle.dispose();
  await Promise.resolve();
  mock.timers.tick(100);
  assert.deepEqual(received, [1]);
});
