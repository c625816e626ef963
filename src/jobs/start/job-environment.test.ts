import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobEnvironment } from './job-environment.ts';

test('jobs get a TERM that promises nothing if the client has none', () => {
  assert.equal(jobEnvironment({}).TERM, 'dumb');
  assert.equal(jobEnvironment({ TERM: '' }).TERM, 'dumb');
  assert.equal(jobEnvironment({ TERM: 'xterm-256color' }).TERM, 'xterm-256color');
});

test('jobs get neither the variables of the editor nor a pager', () => {
  const env = jobEnvironment({ HOME: '/h', PAGER: 'less', VSCODE_PID: '1', ELECTRON_RUN_AS_NODE: '1' });
  assert.deepEqual(env, {
    HOME: '/h',
    TERM: 'dumb',
    PAGER: 'cat',
    GIT_PAGER: 'cat',
    PYTHONUNBUFFERED: '1',
  });
});
