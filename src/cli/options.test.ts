import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS, LIMITS } from '../jobs/limits.ts';
import { flagOf, LIMIT_NAMES, LIMIT_VARIABLES, readOptions } from './options.ts';

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
    'some',
    '--history-days=week',
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

test('of a number out of bounds the nearest counts, and that is told', () => {
  const args = [
    '--max-concurrent-jobs=10000',
    '--max-output-size',
    '1KB',
    '--attach-seconds=51',
    '--history-limit=-3',
  ];
  const { limits, attachSeconds, refused, adjusted } = readOptions(args, { MCP_BG_MAX_JOBS: '0' }, '/');
  assert.deepEqual(limits, {
    ...DEFAULT_LIMITS,
    maxConcurrentJobs: LIMITS.maxConcurrentJobs.max,
    maxOutputSize: LIMITS.maxOutputSize.min,
    historyLimit: 0,
  });
  assert.equal(attachSeconds, 50);
  assert.deepEqual(refused, []);
  assert.deepEqual(adjusted, [
    '--max-concurrent-jobs: "10000" is not jobs from 1 to 1000; 1000 counts.',
    '--max-output-size: "1KB" is not bytes from 65536 to 107374182400; 65536 counts.',
    '--history-limit: "-3" is not jobs from 0 to 100000; 0 counts.',
    '--attach-seconds: "51" is not seconds from 0 to 50; 50 counts.',
  ]);
  assert.equal(readOptions([], { MCP_BG_MAX_JOBS: '0' }, '/').limits.maxConcurrentJobs, 1);
});

test('every limit has a variable and a flag', () => {
  for (const name of LIMIT_NAMES) {
    const value = String(LIMITS[name].max - 1);
    const byVariable = readOptions([], { [LIMIT_VARIABLES[name]]: value }, '/');
    const byFlag = readOptions([`--${flagOf(name)}=${value}`], {}, '/');
    for (const { limits, refused } of [byVariable, byFlag]) {
      assert.deepEqual(refused, []);
      assert.deepEqual(limits, { ...DEFAULT_LIMITS, [name]: Number(value) });
    }
  }
});

test('what is not a limit can be said by variables, too', () => {
  const env = {
    MCP_BG_STORAGE: 'logs',
    MCP_BG_WORKING_DIR: '/work',
    MCP_BG_SHELL: '/bin/dash',
    MCP_BG_KEEP_JOBS: 'true',
    MCP_BG_LOG_LEVEL: 'debug',
    MCP_BG_COMPAT: 'mcp-bgtask',
    MCP_BG_CLEANUP_INTERVAL: '300',
  };
  const { storage, cwd, shell, keepJobs, logLevel, compat, refused } = readOptions([], env, '/home');
  assert.deepEqual(
    { storage, cwd, shell, keepJobs, logLevel, compat, refused },
    {
      storage: '/home/logs',
      cwd: '/work',
      shell: '/bin/dash',
      keepJobs: true,
      logLevel: 'debug',
      compat: 'mcp-bgtask',
      refused: [],
    },
  );
  assert.equal(readOptions(['--keep-jobs'], { MCP_BG_KEEP_JOBS: 'false' }, '/').keepJobs, true);
});

test('--attach takes the folder of the terminal, or the one that is given', () => {
  const env = { BACKGROUND_JOBS_ENDPOINT: '/windows' };
  assert.equal(readOptions([], env, '/').attach, undefined);
  assert.equal(readOptions(['--attach'], env, '/').attach, '/windows');
  assert.equal(readOptions(['--attach=given'], env, '/').attach, '/given');
  assert.equal(readOptions(['--attach'], {}, '/').attach, null);
  const { refused } = readOptions(['--attach', '--compat=mcp-bgtask'], env, '/');
  assert.match(refused.join(), /--compat: a window lists its own tools/);
});
