import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Throttle } from './throttle.ts';

mock.timers.enable({ apis: ['setTimeout'] });

test('the first value is told at once, then the newest once in an interval', async () => {
  const told: number[] = [];
  const throttle = new Throttle<number>(10, async (value) => void told.push(value));
  for (const value of [1, 2, 3]) throttle.push(value);
  assert.deepEqual(told, [1]);
  await Promise.resolve();
  mock.timers.tick(10);
  assert.deepEqual(told, [1, 3]);
  await Promise.resolve();
  mock.timers.tick(10);
  throttle.push(4);
  assert.deepEqual(told, [1, 3, 4]);
});

test('while nobody takes what was told, no more is told; then the newest value is', async () => {
  const told: number[] = [];
  let take: () => void = () => undefined;
  const throttle = new Throttle<number>(10, (value) => {
    told.push(value);
    return new Promise((resolve) => (take = resolve));
  });
  for (let value = 1; value <= 100; value++) {
    throttle.push(value);
    mock.timers.tick(10);
  }
  assert.deepEqual(told, [1]);
  take();
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(told, [1, 100]);
});

test('after its end nothing is told', async () => {
  const told: number[] = [];
  const throttle = new Throttle<number>(10, async (value) => void told.push(value));
  throttle.push(1);
  throttle.push(2);
  throttle.dispose();
  await Promise.resolve();
  mock.timers.tick(100);
  assert.deepEqual(told, [1]);
});
