import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { DIST, openSession, storageFolder } from '../support/mcp-session.ts';
import { LATEST_VERSION } from '../support/raw-client.ts';
import { eventually } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';
import { assertRefused, run, SOON, start, statusOf } from './support/session.ts';

const FLAGS = [
  '--storage',
  '--cwd',
  '--shell',
  '--keep-jobs',
  '--allowed-commands',
  '--denied-commands',
  '--max-concurrent-jobs',
  '--max-output-size',
  '--max-total-size',
  '--default-timeout',
  '--grace-seconds',
  '--history-limit',
  '--history-days',
  '--grace-seconds',
  '--keep-alive-seconds',
  '--attach',
  '--attach-seconds',
  '--compat',
  '--log-level',
  '--version',
  '--help',
];

const VARIABLES = [
  'MAX_JOBS',
  'MAX_OUTPUT_SIZE',
  'MAX_TOTAL_SIZE',
  'JOB_TIMEOUT',
  'GRACE_SECONDS',
  'HISTORY_LIMIT',
  'HISTORY_DAYS',
  'KEEP_ALIVE_SECONDS',
  'KEEP_JOBS',
  'LOG_LEVEL',
  'COMPAT',
  'ATTACH_SECONDS',
].map((name) => `MCP_BG_${name}`);

function runServer(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const options = { encoding: 'utf8', input: '', env: { ...process.env, ...env } } as const;
  return spawnSync(process.execPath, [join(DIST, 'stdio.js'), ...args], options);
}

test('--help names every flag and variable, and starts no server', () => {
  const { status, stdout, stderr } = runServer(['--help']);
  assert.equal(status, 0);
  assert.equal(stderr, '');
  for (const flag of FLAGS) assert.match(stdout, new RegExp(`${flag}\\b`));
  for (const name of [
    ...VARIABLES,
    'MCP_BG_STORAGE',
    'MCP_BG_WORKING_DIR',
    'MCP_BG_SHELL',
    'MCP_BG_ALLOWED_COMMANDS',
    'MCP_BG_DENIED_COMMANDS',
  ])
    assert.match(stdout, new RegExp(`\\b${name}\\b`));
  for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
});

test('--version prints the version of the package', () => {
  const text = readFileSync(join(DIST, '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  const { status, stdout, stderr } = runServer(['--version']);
  assert.equal(status, 0);
  assert.equal(stdout, `${version}\n`);
  assert.equal(stderr, '');
});

test('sends the client its name, its version and instructions', async (t) => {
  const { client } = await openSession(t);
  const { version } = JSON.parse(readFileSync(join(DIST, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  assert.equal(client.getServerVersion()?.name, 'background-jobs');
  assert.equal(client.getServerVersion()?.version, version);
  assert.match(client.getInstructions() ?? '', /execute.*wait.*next_cursor/s);
});

const REFUSED: readonly (readonly [args: readonly string[], names: string, reason: RegExp])[] = [
  [['--max-concurrent-jobs', '0'], '--max-concurrent-jobs', /"0".*1 to 1000/],
  [['--max-concurrent-jobs', '1001'], '--max-concurrent-jobs', /"1001".*1 to 1000 jobs\. Using 1000/],
  [['--max-concurrent-jobs=2.5'], '--max-concurrent-jobs', /"2.5"/],
  [['--max-concurrent-jobs', 'NaN'], '--max-concurrent-jobs', /"NaN"/],
  [['--max-concurrent-jobs', '2KB'], '--max-concurrent-jobs', /"2KB"/],
  [['--max-concurrent-jobs'], '--max-concurrent-jobs', /value/],
  [['--max-output-size', '63KB'], '--max-output-size', /"63KB".*65536/],
  [['--max-output-size', '1TB'], '--max-output-size', /"1TB"/],
  [['--max-total-size', '1'], '--max-total-size', /"1"/],
  [['--default-timeout=-1'], '--default-timeout', /"-1"/],
  [['--default-timeout', '2147484'], '--default-timeout', /"2147484"/],
  [['--history-limit', '100001'], '--history-limit', /"100001"/],
  [['--history-days', '0'], '--history-days', /"0"/],
  [['--grace-seconds', '31'], '--grace-seconds', /"31"/],
  [['--keep-alive-seconds', 'x'], '--keep-alive-seconds', /"x"/],
  [['--keep-jobs=no'], '--keep-jobs', /"no"/],
  [['--log-level', 'loud'], '--log-level', /"loud".*error, warn, info, debug/],
  [['--compat=other'], '--compat', /"other".*mcp-background-job, mcp-bgtask/],
  [['--attach-seconds', '51'], '--attach-seconds', /"51".*0 to 50/],
  [['--shell'], '--shell', /value/],
  [['--cwd'], '--cwd', /value/],
  [['--port=80'], '--port', /no such option/],
  [['-x'], '-x', /no such option/],
];

for (const [args, name, reason] of REFUSED) {
  test(`warns about ${args.join(' ')} by name, and serves anyway`, (t) => {
    const { status, stdout, stderr } = runServer(['--storage', scratchFolder(t), ...args]);
    assert.equal(status, 0);
    assert.equal(stdout, '');
    const lines = stderr.trim().split('\n');
    assert.equal(lines.length, 1, stderr);
    assert.match(stderr, new RegExp(`${name}\\b`));
    assert.match(stderr, reason);
  });
}

test('warns about each invalid variable by its name', (t) => {
  const names = [...VARIABLES, 'MCP_BG_CLEANUP_INTERVAL'];
  const env = Object.fromEntries(names.map((name) => [name, '1 apple']));
  const { status, stderr } = runServer(['--storage', scratchFolder(t)], env);
  assert.equal(status, 0);
  assert.equal(stderr.trim().split('\n').length, names.length, stderr);
  for (const name of names) assert.match(stderr, new RegExp(`${name}: "1 apple"`));
});

test('prints nothing for valid options', (t) => {
  const args = [
    '--storage',
    scratchFolder(t),
    '--max-output-size',
    '1 MB',
    '--keep-jobs',
    '--history-limit=0',
  ];
  const { status, stderr } = runServer(args, { MCP_BG_MAX_JOBS: '3', MCP_BG_JOB_TIMEOUT: '' });
  assert.equal(status, 0);
  assert.equal(stderr, '');
});

test('ignores invalid options, and applies the others', async (t) => {
  const args = [
    '--max-concurrent-jobs',
    'x',
    '--max-output-size',
    '64KB',
    '--default-timeout',
    '70',
    '--what',
  ];
  const session = await openSession(t, { args, env: { MCP_BG_MAX_JOBS: '1' } });
  const { facts } = await run(session, 'seq 1 40000');
  assert.equal((await statusOf(session, facts.id ?? '')).kill_after_s, '70');
  assert.equal(Number((await session.call('output', { job_id: facts.id })).facts.dropped) > 0, true);
  assert.match(session.stderr(), /--max-concurrent-jobs.*\n.*--what|--what.*\n.*--max-concurrent-jobs/);
});

test('variables apply where there is no flag', async (t) => {
  const env = { MCP_BG_MAX_JOBS: '1', MCP_BG_JOB_TIMEOUT: '50', MCP_BG_WORKING_DIR: '/' };
  const session = await openSession(t, { args: ['--default-timeout', '60'], env });
  const id = await start(session, 'exec sleep 100');
  const { cwd, kill_after_s } = await statusOf(session, id);
  assert.equal(cwd, '/');
  assert.equal(kill_after_s, '60');
  assertRefused(await session.call('execute', { command: 'true' }), /limit.* 1\b/);
});

test('logs on stderr at the requested level, but never the input or output of jobs', async (t) => {
  const session = await openSession(t, { args: ['--log-level', 'info'] });
  const { facts } = await run(session, 'echo secret; exit 3');
  // Replies come over another pipe.
  await eventually('the end is logged', () => session.stderr().includes(`${facts.id} failed exitCode=3`));
  assert.match(session.stderr(), /background-jobs: version .* serves jobs in /);
  assert.match(session.stderr(), new RegExp(`${facts.id} started by test-client in `));
  assert.doesNotMatch(session.stderr(), /secret|runs as process/);
});

test('reports a Node that is too old, and what to do', (t) => {
  const old = join(scratchFolder(t), 'old.cjs');
  writeFileSync(old, `Object.defineProperty(process, 'versions', { value: { node: '18.20.8' } });`);
  const args = ['--require', old, join(DIST, 'stdio.js'), '--version'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^background-jobs: Error: This is Node 18\.20\.8\. Run it with Node 20 or newer\.\n/);
});

test('the command of the package can be run by its name', () => {
  const { bin } = JSON.parse(readFileSync(join(DIST, '..', 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
  };
  assert.deepEqual(Object.keys(bin), ['background-jobs']);
  const program = join(DIST, '..', bin['background-jobs'] ?? '');
  const { status, stdout } = spawnSync(program, ['--help'], { encoding: 'utf8' });
  assert.equal(status, 0);
  assert.match(stdout, /^Usage: background-jobs/);
});

test('--attach fails with a reason outside a terminal of VS Code, or without a window', async (t) => {
  const wrong = [
    { args: [], says: /^background-jobs: Error: --attach needs a terminal of VS Code.* leave it out\.\n$/ },
    {
      args: ['--attach-seconds', '0'],
      folder: scratchFolder(t),
      says: /^background-jobs: Error: No window of VS Code/,
    },
  ];
  for (const { args, folder = '', says } of wrong) {
    const server = spawn(process.execPath, [join(DIST, 'stdio.js'), '--attach', ...args], {
      env: { ...process.env, BACKGROUND_JOBS_ENDPOINT: folder },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    const exited = once(server, 'exit') as Promise<[number]>;
    const [exit, stderr] = await Promise.all([exited, server.stderr.toArray()]);
    assert.equal(exit[0], 1);
    assert.match(stderr.join(''), says);
  }
});

test('--default-timeout stops a job started without a timeout', async (t) => {
  const session = await openSession(t, { args: ['--default-timeout', '1'] });
  const own = await start(session, 'exec sleep 100', { kill_after_s: 90 });
  const { facts } = await run(session, 'exec sleep 100', { wait_s: SOON });
  assert.equal(facts.ended_by, 'timeout');
  assert.equal((await statusOf(session, own)).status, 'running');
});

test('--shell runs the commands: by path, or by a name on PATH', async (t) => {
  for (const shell of ['/bin/sh', 'sh']) {
    const session = await openSession(t, { args: ['--shell', shell] });
    const { facts, log } = await run(session, 'echo $0');
    assert.match(log, /^(\/.*)?sh\n$/);
    assert.match((await statusOf(session, facts.id ?? '')).shell ?? '', /^\/.*\/sh$/);
  }
});

test('ignores a shell of the user that is not a POSIX shell', async (t) => {
  const session = await openSession(t, { env: { SHELL: '/usr/bin/fish' } });
  const { facts } = await run(session, 'true');
  assert.match((await statusOf(session, facts.id ?? '')).shell ?? '', /\/(ba)?sh$/);
});

test('works in the home folder if the working folder was removed', async (t) => {
  const home = scratchFolder(t);
  const call = { name: 'execute', arguments: { command: 'pwd', wait_s: SOON } };
  const clientInfo = { name: 'script', version: '1' };
  const lines = [
    {
      id: 1,
      method: 'initialize',
      params: { protocolVersion: LATEST_VERSION, capabilities: {}, clientInfo },
    },
    { id: 2, method: 'tools/call', params: call },
  ].map((request) => JSON.stringify({ jsonrpc: '2.0', ...request }));
  const removed = 'mkdir removed; cd removed; rmdir ../removed; exec "$@"';
  const args = [process.execPath, join(DIST, 'stdio.js'), '--storage', storageFolder(t)];
  const options = { cwd: home, env: { ...process.env, HOME: home }, encoding: 'utf8' as const };
  const server = spawn('sh', ['-c', removed, 'sh', ...args], options);
  const stderr = text(server.stderr);
  server.stdin.write(`${lines.join('\n')}\n`);
  // After the end of its input, a server waits only a moment for a call.
  for await (const line of createInterface(server.stdout)) {
    if ((JSON.parse(line) as { id?: number }).id !== 2) continue;
    assert.match(line, new RegExp(`status=completed .*${home}`));
    break;
  }
  server.stdin.end();
  assert.match(await stderr, /The working folder was removed\. The home folder takes its place\./);
  const version = spawnSync('sh', ['-c', removed, 'sh', ...args, '--version'], options);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
});

test('names a missing working folder when a job is started', async (t) => {
  const session = await openSession(t, { args: ['--cwd', '/no/such/folder'] });
  assertRefused(await session.call('execute', { command: 'true' }), /\/no\/such\/folder/);
  assert.equal((await run(session, 'pwd', { cwd: '/' })).log, '/\n');
});
