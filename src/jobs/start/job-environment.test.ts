import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobEnvironment } from './job-environment.ts';

test('jobs get the TERM of the client, or that of a terminal if the client has none', () => {
  assert.equal(jobEnvironment({}).TERM, 'xterm-256color');
  assert.equal(jobEnvironment({ TERM: '' }).TERM, 'xterm-256color');
  assert.equal(jobEnvironment({ TERM: 'dumb' }).TERM, 'dumb');
});

test('jobs get neither the variables of the editor nor a pager', () => {
  const env = jobEnvironment({ HOME: '/h', PAGER: 'less', VSCODE_PID: '1', ELECTRON_RUN_AS_NODE: '1' });
  assert.deepEqual(env, {
    HOME: '/h',
    TERM: 'xterm-256color',
    PAGER: 'cat',
    GIT_PAGER: 'cat',
    PYTHONUNBUFFERED: '1',
  });
});
