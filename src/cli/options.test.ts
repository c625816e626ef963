import assert from 'node:assert/strict';
import { isAbsolute } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_LIMITS, LIMITS } from '../jobs/records/limits.ts';
import { type Option, OPTIONS } from './option-table.ts';
import { readOptions } from './options.ts';

test('uses the defaults without flags and variables', () => {
  const options = readOptions([], { XDG_STATE_HOME: '/state' }, '/project');
  assert.deepEqual(options.limits, DEFAULT_LIMITS);
  assert.equal(options.cwd, '/project');
  assert.match(options.storage, /^\/state\/background-jobs\/[0-9a-f]{16}$/);
  assert.deepEqual(options.warnings, []);
});

test('ignores a folder for state that is empty or relative', () => {
  const storageOf = (env: NodeJS.ProcessEnv) => readOptions([], env, '/project').storage;
  const fallback = storageOf({});
  assert.ok(isAbsolute(fallback));
  for (const folder of ['', '.', 'state']) assert.equal(storageOf({ XDG_STATE_HOME: folder }), fallback);
});

test('each working folder has its own storage', () => {
  const storageOf = (cwd: string) => readOptions([], { XDG_STATE_HOME: '/state' }, cwd).storage;
  assert.notEqual(storageOf('/a'), storageOf('/b'));
  assert.equal(storageOf('/a'), storageOf('/a'));
});

test('a flag takes precedence over its variable, and sizes may have a unit', () => {
  const env = { MCP_BG_MAX_JOBS: '5', MCP_BG_MAX_OUTPUT_SIZE: '20MB', MCP_BG_JOB_TIMEOUT: '60' };
  const { limits } = readOptions(['--max-concurrent-jobs', '7'], env, '/');
  assert.equal(limits.maxConcurrentJobs, 7);
  assert.equal(limits.maxOutputSize, 20 * 1024 * 1024);
  assert.equal(limits.defaultTimeout, 60);
});

test('names each invalid value in a warning, and applies the others', () => {
  const env = { MCP_BG_MAX_JOBS: 'many', MCP_BG_JOB_TIMEOUT: '60' };
  const args = ['--history-limit', 'some', '--history-days=week', '--max-total-size=2GB', '--colour'];
  const { limits, warnings } = readOptions(args, env, '/');
  assert.equal(limits.maxConcurrentJobs, DEFAULT_LIMITS.maxConcurrentJobs);
  assert.equal(limits.maxTotalSize, 2 * 1024 ** 3);
  assert.equal(limits.defaultTimeout, 60);
  assert.deepEqual(warnings.toSorted(), [
    '--colour: there is no such option. Ignored.',
    '--history-days: "week" is not a whole number of days from 1 to 3650. Ignored.',
    '--history-limit: "some" is not a whole number of jobs from 0 to 100000. Ignored.',
    'MCP_BG_MAX_JOBS: "many" is not a whole number of jobs from 1 to 1000. Ignored.',
  ]);
});

test('uses the nearest number in range, with a warning', () => {
  const args = [
    '--max-concurrent-jobs=10000',
    '--max-output-size',
    '1KB',
    '--attach-seconds=51',
    '--history-limit=-3',
  ];
  const { limits, attachSeconds, warnings } = readOptions(args, { MCP_BG_MAX_JOBS: '0' }, '/');
  assert.deepEqual(limits, {
    ...DEFAULT_LIMITS,
    maxConcurrentJobs: LIMITS.maxConcurrentJobs.max,
    maxOutputSize: LIMITS.maxOutputSize.min,
    historyLimit: 0,
  });
  assert.equal(attachSeconds, 50);
  assert.deepEqual(warnings, [
    '--max-concurrent-jobs: "10000" is out of range: 1 to 1000 jobs. Using 1000.',
    '--max-output-size: "1KB" is out of range: 65536 to 107374182400 bytes. Using 65536.',
    '--history-limit: "-3" is out of range: 0 to 100000 jobs. Using 0.',
    '--attach-seconds: "51" is out of range: 0 to 50 seconds. Using 50.',
  ]);
  assert.equal(readOptions([], { MCP_BG_MAX_JOBS: '0' }, '/').limits.maxConcurrentJobs, 1);
});

test('every limit has a flag and a variable', () => {
  const found = Object.entries<Option>(OPTIONS).flatMap(([flag, option]) =>
    option.kind === 'number' && option.limit !== undefined
      ? [{ flag, limit: option.limit, variable: option.variable ?? '' }]
      : [],
  );
  assert.deepEqual(found.map(({ limit }) => limit).toSorted(), Object.keys(LIMITS).toSorted());
  for (const { flag, limit, variable } of found) {
    const value = String(LIMITS[limit].max - 1);
    for (const options of [
      readOptions([], { [variable]: value }, '/'),
      readOptions([`--${flag}=${value}`], {}, '/'),
    ]) {
      assert.deepEqual(options.warnings, []);
      assert.deepEqual(options.limits, { ...DEFAULT_LIMITS, [limit]: Number(value) });
    }
  }
});

test('the other options have variables, too', () => {
  const env = {
    MCP_BG_STORAGE: 'logs',
    MCP_BG_WORKING_DIR: '/work',
    MCP_BG_SHELL: '/bin/dash',
    MCP_BG_KEEP_JOBS: 'true',
    MCP_BG_LOG_LEVEL: 'debug',
    MCP_BG_COMPAT: 'mcp-bgtask',
    MCP_BG_CLEANUP_INTERVAL: '300',
  };
  const { storage, cwd, shell, keepJobs, logLevel, compat, warnings } = readOptions([], env, '/home');
  assert.deepEqual(
    { storage, cwd, shell, keepJobs, logLevel, compat, warnings },
    {
      storage: '/home/logs',
      cwd: '/work',
      shell: '/bin/dash',
      keepJobs: true,
      logLevel: 'debug',
      compat: 'mcp-bgtask',
      warnings: [],
    },
  );
  assert.equal(readOptions(['--keep-jobs'], { MCP_BG_KEEP_JOBS: 'false' }, '/').keepJobs, true);
});

test('--attach uses the folder of the terminal, or the given one', () => {
  const env = { BACKGROUND_JOBS_ENDPOINT: '/windows' };
  assert.equal(readOptions([], env, '/').attach, undefined);
  assert.equal(readOptions(['--attach'], env, '/').attach, '/windows');
  assert.equal(readOptions(['--attach=given'], env, '/').attach, '/given');
  assert.equal(readOptions(['--attach'], {}, '/').attach, null);
  const { warnings } = readOptions(['--attach', '--compat=mcp-bgtask'], env, '/');
  assert.match(warnings.join(), /--compat: "mcp-bgtask" has no effect: a window lists its own tools/);
});
