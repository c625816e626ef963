import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCalled, labelIn, oneOfEachFolder, type TaskIdentity } from './task-label.ts';

const BUILD: TaskIdentity = { name: 'build', source: 'Workspace', folder: undefined };
const [WEB, API] = ['web', 'api'].map((folder) => ({ ...BUILD, folder })) as [TaskIdentity, TaskIdentity];
const NPM: TaskIdentity = { ...WEB, source: 'npm' };

test('a label means a task, alone, with its source or with its folder', () => {
  assert.deepEqual(
    ['build', 'Workspace: build', 'build (web)', 'bui'].map((label) => isCalled(BUILD, label)),
    [true, true, false, false],
  );
  assert.deepEqual(
    ['build', 'npm: build', 'build (web)', 'npm: build (web)', 'build (api)'].map((label) =>
      isCalled(NPM, label),
    ),
    [true, true, true, true, false],
  );
});

test('the label of a task names its folder if there are several', () => {
  assert.deepEqual([BUILD, WEB].map(labelIn), ['build', 'build (web)']);
});

test('tasks of several folders are ambiguous, and tasks of one are not', () => {
  assert.deepEqual(oneOfEachFolder([WEB, NPM]), [WEB]);
  assert.deepEqual(oneOfEachFolder([WEB, NPM, API]), [WEB, API]);
});
