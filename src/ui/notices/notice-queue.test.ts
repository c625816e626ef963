import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoticeQueue } from './notice-queue.ts';

test('what comes within the time is handed on together, once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told: number[][] = [];
  const queue = new NoticeQueue<number>(1000, (items) => told.push(items));
  queue.push(1);
  t.mock.timers.tick(900);
  queue.push(2);
  assert.deepEqual(told, []);
  t.mock.timers.tick(100);
  assert.deepEqual(told, [[1, 2]]);
  t.mock.timers.tick(5000);
  queue.push(3);
  t.mock.timers.tick(1000);
  assert.deepEqual(told, [[1, 2], [3]]);
});

test('what is gathered at the end is not told', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const queue = new NoticeQueue<number>(1000, () => assert.fail());
  queue.push(1);
  queue.dispose();
  t.mock.timers.tick(5000);
});
