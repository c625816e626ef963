import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTreeOrder } from './process-order.ts';

const order = (...processes: { pid: number; parent?: number }[]): [number, number][] =>
  inTreeOrder(processes).map(({ process, depth }) => [process.pid, depth]);

test('puts each process behind its parent', () => {
  assert.deepEqual(
    order(
      { pid: 5, parent: 3 },
      { pid: 2, parent: 1 },
      { pid: 3, parent: 2 },
      { pid: 4, parent: 2 },
      { pid: 9, parent: 1 },
    ),
    [
      [2, 0],
      [3, 1],
      [5, 2],
      [4, 1],
      [9, 0],
    ],
  );
});

test('lists every process once, also without parents or in a circle', () => {
  assert.deepEqual(order({ pid: 2 }, { pid: 3 }), [
    [2, 0],
    [3, 0],
  ]);
  assert.deepEqual(order({ pid: 2, parent: 3 }, { pid: 3, parent: 2 }, { pid: 4, parent: 4 }), [
    [4, 0],
    [2, 0],
    [3, 1],
  ]);
});
