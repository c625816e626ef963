import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAlive, untilGone } from '../stdio/support/processes.ts';
import { assertRefused, FILE, SOON } from '../stdio/support/session.ts';
import { openSession, runnersOf } from '../support/mcp-session.ts';

/** The session of a client that is configured for mcp-background-job. */
const session = await openSession(FILE, { args: ['--compat=mcp-background-job'] });

/** Returns the JSON of a reply, which is the same as text and as structured content. */
async function json(name: string, args: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const result = await session.client.callTool({ name, arguments: args });
  const [{ text } = { text: '' }] = result.content as { text: string }[];
  assert.equal(result.isError, undefined, text);
  const parsed = JSON.parse(text) as Record<string, unknown>;
  assert.deepEqual(result.structuredContent, parsed);
  return parsed;
}

async function execute(command: string): Promise<string> {
  const { job_id, ...rest } = await json('execute_command', { command });
  assert.deepEqual(rest, {});
  return job_id as string;
}

/** Runs a command until it exits, which the old tools cannot wait for. @returns its id */
async function finish(command: string): Promise<string> {
  const id = await execute(command);
  await session.call('wait', { job_id: id, wait_s: SOON });
  return id;
}

// Promise: mbj-tool-list
test('--compat=mcp-background-job lists its tools instead of ours', async () => {
  const { tools } = await session.client.listTools();
  assert.deepEqual(tools.map(({ name }) => name).sort(), [
    'execute_command',
    'get_job_output',
    'get_job_status',
    'interact_with_job',
    'kill_job',
    'list_jobs',
    'tail_job_output',
  ]);
  for (const { description } of tools) assert.match(description ?? '', /^[A-Z].*\.$/);
  assert.equal(session.client.getInstructions(), undefined);
});

// Promise: mbj-tool-list
test('its tools can be called while ours are listed, and the other way round', async (t) => {
  const ours = await openSession(t);
  const { tools } = await ours.client.listTools();
  assert.ok(!tools.some(({ name }) => name === 'list_jobs'));
  assert.equal((await ours.call('list_jobs')).text, '{"jobs":[]}');
  assert.match((await session.call('list')).text, /^running=/);
});

// Promise: mbj-execute
test('execute_command returns job_id, a UUID v4', async () => {
  assert.match(
    await execute('true'),
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

// Promise: mbj-shell
test('execute_command has a shell: pipes, && and cd work', async () => {
  const id = await finish('cd / && pwd | tr / x; echo $((1 + 2)) > /dev/stderr');
  assert.deepEqual(await json('get_job_output', { job_id: id }), { stdout: 'x', stderr: '3' });
});

// Promise: mbj-list
test('list_jobs returns job_id, status, command and started, newest first', async () => {
  const first = await finish('echo first');
  const second = await finish('exit 3');
  const { jobs } = (await json('list_jobs')) as { jobs: Record<string, string>[] };
  const [newer, older] = jobs;
  assert.deepEqual(Object.keys(newer!), ['job_id', 'status', 'command', 'started']);
  assert.deepEqual([newer!.job_id, newer!.status, newer!.command], [second, 'failed', 'exit 3']);
  assert.deepEqual([older!.job_id, older!.status], [first, 'completed']);
  assert.ok(Date.parse(newer!.started!) >= Date.parse(older!.started!));
});

// Promise: mbj-status
test('get_job_status returns running, completed, failed or killed', async () => {
  const id = await execute('exec sleep 100');
  assert.deepEqual(await json('get_job_status', { job_id: id }), { status: 'running' });
  await json('kill_job', { job_id: id });
  assert.deepEqual(await json('get_job_status', { job_id: id }), { status: 'killed' });
  assert.deepEqual(await json('get_job_status', { job_id: await finish('true') }), { status: 'completed' });
  assert.deepEqual(await json('get_job_status', { job_id: await finish('exit 1') }), { status: 'failed' });
});

// Promise: mbj-status
test('get_job_status returns failed for a lost job', async (t) => {
  const other = await openSession(t, { args: ['--compat=mcp-background-job'] });
  const { facts } = await other.call('execute', { command: 'exec sleep 100' });
  for (const pid of runnersOf(other.storage)) process.kill(pid, 'SIGKILL');
  await other.call('wait', { job_id: facts.id, wait_s: SOON });
  assert.equal((await other.call('status', { job_id: facts.id })).facts.status, 'lost');
  assert.equal((await other.call('get_job_status', { job_id: facts.id })).text, '{"status":"failed"}');
});

// Promise: mbj-exit-code
test('our status has the exit code, which the old server never returned', async () => {
  const id = await finish('exit 42');
  assert.equal((await session.call('status', { job_id: id })).facts.exit_code, '42');
});

// Promise: mbj-output, mbj-prompt
test('get_job_output returns stdout and stderr separately, also a prompt without a line end', async () => {
  const id = await execute('echo out; echo err >&2; printf "Name? "; read name');
  // The streams are read one after the other.
  for (const regex of ['Name', 'err']) await session.call('wait', { job_id: id, regex, wait_s: SOON });
  assert.deepEqual(await json('get_job_output', { job_id: id }), { stdout: 'out\nName? ', stderr: 'err' });
});

// Promise: mbj-large-output
test('get_job_output returns the end of each stream of long output, and says so', async () => {
  const id = await finish('echo begin >&2; seq 1 200000');
  const { stdout, stderr } = (await json('get_job_output', { job_id: id })) as Record<string, string>;
  assert.match(stdout!, /^\[earlier output is not shown here: the tool "output" reads/);
  assert.match(stdout!, /\n199999\n200000$/);
  assert.ok(Buffer.byteLength(stdout!) < 140_000);
  assert.match(stderr!, /earlier output is not shown/);
});

// Promise: mbj-invalid-bytes
test('invalid UTF-8 stops nothing', async () => {
  const id = await finish("printf 'a\\377b\\n'; echo on");
  assert.deepEqual(await json('get_job_output', { job_id: id }), { stdout: 'a\ufffdb\non', stderr: '' });
});

// Promise: mbj-tail
test('tail_job_output returns the last lines of each stream, 50 by default', async () => {
  const id = await finish('seq 1 100; seq 201 203 >&2');
  const tail = await json('tail_job_output', { job_id: id, lines: 2 });
  assert.deepEqual(tail, { stdout: '99\n100', stderr: '202\n203' });
  const { stdout, stderr } = (await json('tail_job_output', { job_id: id })) as Record<string, string>;
  assert.equal(stdout!.split('\n').length, 50);
  assert.equal(stderr, '201\n202\n203');
  for (const lines of [0, 1001]) {
    assertRefused(await session.call('tail_job_output', { job_id: id, lines }), /lines/);
  }
});

// Promise: mbj-interact
test('interact_with_job adds a line end and returns new output of each stream', async () => {
  const id = await execute('echo old; while read line; do echo "got $line"; echo "not $line" >&2; done');
  await session.call('wait', { job_id: id, regex: 'old', wait_s: SOON });
  const call = (input: string) => json('interact_with_job', { job_id: id, input });
  assert.deepEqual(await call('a'), { stdout: 'got a', stderr: 'not a' });
  assert.deepEqual(await call('b\n'), { stdout: 'got b', stderr: 'not b' });
  await json('kill_job', { job_id: id });
  assertRefused(await session.call('interact_with_job', { job_id: id, input: 'c' }), /is not running/);
});

// Promise: mbj-kill
test('kill_job stops the whole tree, and returns killed, already_terminated or not_found', async () => {
  const id = await execute('sleep 100 & echo $!; wait');
  const { log } = await session.call('wait', { job_id: id, until: 'output', wait_s: SOON });
  const child = Number(log);
  assert.equal(isAlive(child), true);
  assert.deepEqual(await json('kill_job', { job_id: id }), { status: 'killed' });
  await untilGone(child);
  assert.deepEqual(await json('kill_job', { job_id: id }), { status: 'already_terminated' });
  assert.deepEqual(await json('kill_job', { job_id: 'no-such-job' }), { status: 'not_found' });
});

// Promise: mbj-errors
test('errors of its tools say what to do', async () => {
  assertRefused(
    await session.call('get_job_status', { job_id: 'no-such-job' }),
    /There is no job "no-such-job"/,
  );
  assertRefused(await session.call('execute_command', { command: ' ' }), /The command is empty/);
  assertRefused(await session.call('execute_command', { cmd: 'true' }), /no parameter "cmd".*takes: command/);
});

// Promise: mbj-max-jobs, mbj-max-output, mbj-timeout
test('its variables apply, and finished jobs do not count for MCP_BG_MAX_JOBS', async (t) => {
  const env = {
    MCP_BG_MAX_JOBS: '1',
    MCP_BG_WORKING_DIR: '/',
    MCP_BG_JOB_TIMEOUT: '90',
    MCP_BG_MAX_OUTPUT_SIZE: '1MB',
  };
  const limited = await openSession(t, { args: ['--compat=mcp-background-job'], env });
  assert.equal(limited.stderr(), '');
  for (let i = 0; i < 3; i++) await limited.call('execute', { command: 'true', wait_s: SOON });
  const { text } = await limited.call('execute_command', { command: 'exec sleep 100' });
  const { job_id } = JSON.parse(text) as { job_id: string };
  assertRefused(
    await limited.call('execute_command', { command: 'true' }),
    /limit \(maxConcurrentJobs\) is 1/,
  );
  const { text: status } = await limited.call('status', { job_id });
  assert.match(status, /kill_after_s=90\n.*\ncwd=\/ /);
});

// Promise: mbj-cleanup, mbj-wrong-variable
test('warns about an invalid variable by its name, and applies the others', async (t) => {
  const env = { MCP_BG_MAX_JOBS: 'many', MCP_BG_CLEANUP_INTERVAL: '5', MCP_BG_JOB_TIMEOUT: '70' };
  const other = await openSession(t, { args: ['--compat=mcp-background-job'], env });
  const { facts } = await other.call('execute', { command: 'true', wait_s: SOON });
  assert.match((await other.call('status', { job_id: facts.id })).text, /kill_after_s=70/);
  assert.match(other.stderr(), /MCP_BG_MAX_JOBS: "many" is not a whole number of jobs from 1 to 1000/);
  assert.match(other.stderr(), /MCP_BG_CLEANUP_INTERVAL: "5"/);
});

// Promise: mbj-allowed-commands
test('MCP_BG_ALLOWED_COMMANDS holds patterns with commas between them, for each command of a line', async (t) => {
  const env = { MCP_BG_ALLOWED_COMMANDS: '^ECHO\\b, ^true$' };
  const other = await openSession(t, { args: ['--compat=mcp-background-job'], env });
  const run = (command: string) => other.call('execute_command', { command });
  assert.match((await run('echo one && true')).text, /job_id/);
  assertRefused(await run('echo one; touch two'), /touch two.*MCP_BG_ALLOWED_COMMANDS/);
});
