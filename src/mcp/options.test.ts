import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../jobs/limits.ts';
import { readOptions } from './options.ts';

test('without anything the defaults hold', () => {
  const options = readOptions([], { XDG_STATE_HOME: '/state' }, '/project');
  assert.deepEqual(options.limits, DEFAULT_LIMITS);
  assert.equal(options.cwd, '/project');
  assert.match(options.storage, /^\/state\/background-jobs\/[0-9a-f]{16}$/);
  assert.deepEqual(options.refused, []);
});

test('each working folder has a storage of its own', () => {
  const storageOf = (cwd: string) => readOptions([], { XDG_STATE_HOME: '/state' }, cwd).storage;
  assert.notEqual(storageOf('/a'), storageOf('/b'));
  assert.equal(storageOf('/a'), storageOf('/a'));
});

test('a flag counts more than its variable, and sizes may have a unit', () => {
  const env = { MCP_BG_MAX_JOBS: '5', MCP_BG_MAX_OUTPUT_SIZE: '20MB', MCP_BG_JOB_TIMEOUT: '60' };
  const { limits } = readOptions(['--max-concurrent-jobs', '7'], env, '/');
  assert.equal(limits.maxConcurrentJobs, 7);
  assert.equal(limits.maxOutputSize, 20 * 1024 * 1024);
  assert.equal(limits.defaultTimeout, 60);
});

test('what cannot be used is refused by its name, and the rest is kept', () => {
  const env = { MCP_BG_MAX_JOBS: 'many', MCP_BG_JOB_TIMEOUT: '60' };
  const args = [
    '--history-limit',
    '-3',
    '--history-days=9999999',
    '--max-total-size=2GB',
    '--colour',
    'stray',
  ];
  const { limits, refused } = readOptions(args, env, '/');
  assert.equal(limits.maxConcurrentJobs, DEFAULT_LIMITS.maxConcurrentJobs);
  assert.equal(limits.maxTotalSize, 2 * 1024 ** 3);
  assert.equal(limits.defaultTimeout, 60);
  for (const name of ['MCP_BG_MAX_JOBS', '--history-days', '--history-limit', '--colour', 'stray']) {
    assert.ok(
      refused.some((each) => each.startsWith(name)),
      `${name} in ${refused.join(' | ')}`,
    );
  }
});
