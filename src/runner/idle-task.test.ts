import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdleTask } from './idle-task.ts';

test('runs once for several calls, after what was going on, and again for the next call', (t) => {
  t.mock.timers.enable({ apis: ['setImmediate', 'setTimeout'] });
  let runs = 0;
  const task = new IdleTask(() => runs++);
  for (let round = 1; round <= 2; round++) {
    task.schedule();
    task.schedule();
    t.mock.timers.tick(1);
    task.schedule();
    assert.equal(runs, round - 1);
    t.mock.timers.tick(2);
    assert.equal(runs, round);
    t.mock.timers.tick(100);
    assert.equal(runs, round);
  }
});

test('does nothing after it was disposed of', (t) => {
  t.mock.timers.enable({ apis: ['setImmediate', 'setTimeout'] });
  for (const elapsedMs of [0, 1]) {
    const task = new IdleTask(() => assert.fail());
    task.schedule();
    t.mock.timers.tick(elapsedMs);
    task.dispose();
    task.schedule();
    t.mock.timers.tick(100);
  }
});
