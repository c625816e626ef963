import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DependencyOrder, planTask, TaskCycleError } from './task-plan.ts';

interface Task {
  readonly on?: readonly string[];
  readonly order?: DependencyOrder;
  readonly isCompound?: boolean;
}

/** Returns the steps as texts: `task` or `task after others`. */
function plan(root: string, tasks: Readonly<Record<string, Task>>): string[] {
  const steps = planTask(root, {
    keyOf: (name) => name,
    labelOf: (name) => name,
    isCompound: (name) => tasks[name]?.isCompound === true,
    dependenciesOf: (name) => tasks[name]?.on ?? [],
    orderOf: (name) => tasks[name]?.order ?? 'parallel',
  });
  return steps.map(({ task, after }) =>
    after.length === 0 ? task : `${task} after ${after.map((each) => each.task).join(', ')}`,
  );
}

test('runs a task without dependencies', () => {
  assert.deepEqual(plan('a', { a: {} }), ['a']);
});

test('runs dependencies at the same time, and the task after all of them', () => {
  assert.deepEqual(plan('a', { a: { on: ['b', 'c'] } }), ['b', 'c', 'a after b, c']);
});

test('runs dependencies in sequence, with what they depend on', () => {
  const tasks: Record<string, Task> = { a: { on: ['b', 'c'], order: 'sequence' }, c: { on: ['d', 'e'] } };
  assert.deepEqual(plan('a', tasks), ['b', 'd after b', 'e after b', 'c after d, e', 'a after c']);
});

test('runs a task that several depend on once', () => {
  const tasks = { a: { on: ['b', 'c'] }, b: { on: ['d'] }, c: { on: ['d'] } };
  assert.deepEqual(plan('a', tasks), ['d', 'b after d', 'c after d', 'a after b, c']);
});

test('a compound task stands for what it runs', () => {
  const tasks: Record<string, Task> = {
    all: { on: ['build', 'serve'], isCompound: true },
    serve: { on: ['all libs'] },
    'all libs': { on: ['x', 'y'], isCompound: true },
  };
  assert.deepEqual(plan('all', tasks), ['build', 'x', 'y', 'serve after x, y']);
  assert.deepEqual(plan('none', { none: { isCompound: true } }), []);
});

// Promise: task-circle
test('names the path of a circle', () => {
  const tasks = { a: { on: ['b'] }, b: { on: ['c'] }, c: { on: ['b'] }, self: { on: ['self'] } };
  assert.throws(() => plan('a', tasks), new TaskCycleError(['b', 'c', 'b']));
  assert.throws(() => plan('self', tasks), new TaskCycleError(['self', 'self']));
});
