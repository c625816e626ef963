import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoticeQueue } from './notice-queue.ts';

test('delivers the items of one period together, once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const delivered: number[][] = [];
  const queue = new NoticeQueue<number>(1000, (items) => delivered.push(items));
  queue.push(1);
  t.mock.timers.tick(900);
  queue.push(2);
  assert.deepEqual(delivered, []);
  t.mock.timers.tick(100);
  assert.deepEqual(delivered, [[1, 2]]);
  t.mock.timers.tick(5000);
  queue.push(3);
  t.mock.timers.tick(1000);
  assert.deepEqual(delivered, [[1, 2], [3]]);
});

test('drops collected items on dispose', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const queue = new NoticeQueue<number>(1000, () => assert.fail());
  queue.push(1);
  queue.dispose();
  t.mock.timers.tick(5000);
});
