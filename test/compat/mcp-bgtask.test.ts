import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAlive, untilGone } from '../stdio/support/processes.ts';
import { assertRefused, FILE, SOON } from '../stdio/support/session.ts';
import { openSession } from '../support/mcp-session.ts';

/** The session of a client that is configured for mcp-bgtask. */
const session = await openSession(FILE, { args: ['--compat=mcp-bgtask'] });

async function text(name: string, args: Record<string, unknown> = {}): Promise<string> {
  const reply = await session.call(name, args);
  assert.equal(reply.isError, false, reply.text);
  return reply.text;
}

/** Starts a task and waits for a line with "ready". @returns its pid */
async function startReady(name: string, shell: string): Promise<number> {
  const reply = await text('run-background-task', { name, shell });
  await session.call('wait', { job_id: name, regex: 'ready', wait_s: SOON });
  return Number(/PID (\d+)/.exec(reply)![1]);
}

// Promise: bgtask-tool-list
test('--compat=mcp-bgtask lists its tools instead of ours', async () => {
  const { tools } = await session.client.listTools();
  assert.deepEqual(tools.map(({ name }) => name).sort(), [
    'get-task-stderr',
    'get-task-stdout',
    'list-background-tasks',
    'run-background-task',
    'send-to-task-stdin',
    'stop-background-task',
  ]);
  const run = tools.find(({ name }) => name === 'run-background-task');
  assert.deepEqual(run?.inputSchema.required, ['name', 'shell']);
});

// Promise: bgtask-list
test('list-background-tasks reports that there are no tasks', async (t) => {
  const other = await openSession(t);
  assert.equal(
    (await other.call('list-background-tasks')).text,
    'No background tasks are currently running.',
  );
});

// Promise: bgtask-run
test('run-background-task returns name and PID, and refuses the name of a running task', async () => {
  const reply = await text('run-background-task', { name: 'twice', shell: 'exec sleep 100' });
  const [, pid] = /^Task "twice" started with PID (\d+)\.$/.exec(reply) ?? [];
  assert.equal(isAlive(Number(pid)), true);
  // Also for the same command, where our own tool would return the running job.
  assertRefused(
    await session.call('run-background-task', { name: 'twice', shell: 'exec sleep 100' }),
    /Task with name "twice" is already running/,
  );
  assertRefused(await session.call('run-background-task', { name: 'twice', shell: 'true' }), /"twice"/);
});

// Promise: bgtask-name-reuse
test('the name of a finished task is free', async () => {
  for (const word of ['one', 'two']) {
    await text('run-background-task', { name: 'again', shell: `echo ${word}` });
    await session.call('wait', { job_id: 'again', wait_s: SOON });
    assert.equal(await text('get-task-stdout', { name: 'again' }), `Stdout of task "again":\n${word}\n`);
  }
});

// Promise: bgtask-stop, bgtask-keep-output
test('stop-background-task stops the whole tree, and keeps the output', async () => {
  const pid = await startReady('tree', 'sleep 100 & echo $!; echo ready; wait');
  const child = Number(/\n(\d+)\n/.exec(await text('get-task-stdout', { name: 'tree' }))![1]);
  assert.equal(await text('stop-background-task', { name: 'tree' }), 'Task "tree" has been stopped.');
  await untilGone(pid, child);
  assert.match(await text('get-task-stdout', { name: 'tree' }), /\nready\n$/);
});

// Promise: bgtask-list
test('list-background-tasks shows name, PID, state, and how a task ended', async () => {
  const pid = await startReady('runs', 'echo ready; exec sleep 100');
  await text('run-background-task', { name: 'fails', shell: 'exit 7' });
  await session.call('wait', { job_id: 'fails', wait_s: SOON });
  const list = await text('list-background-tasks');
  assert.match(list, /^Currently running tasks:\n- /);
  assert.ok(list.split('\n').includes(`- runs (PID: ${pid}, State: running)`), list);
  assert.match(list, /\n?- fails \(PID: \d+, State: stopped, Exit: 7\)/);
});

// Promise: bgtask-streams
test('get-task-stdout and get-task-stderr read their stream, each time from the beginning', async () => {
  await startReady('streams', 'echo wrong >&2; printf "ready? "; exec sleep 100');
  // The two pipes may be read in either order.
  await session.call('wait', { job_id: 'streams', regex: 'wrong', stream: 'stderr', wait_s: SOON });
  for (let i = 0; i < 2; i++) {
    assert.equal(await text('get-task-stdout', { name: 'streams' }), 'Stdout of task "streams":\nready? ');
    assert.equal(await text('get-task-stderr', { name: 'streams' }), 'Stderr of task "streams":\nwrong\n');
  }
  await text('run-background-task', { name: 'quiet', shell: 'exec sleep 100' });
  assert.equal(await text('get-task-stdout', { name: 'quiet' }), 'Stdout of task "quiet":\nNo output yet.');
  assert.equal(
    await text('get-task-stderr', { name: 'quiet' }),
    'Stderr of task "quiet":\nNo error output yet.',
  );
});

// Promise: bgtask-large-output
test('returns the end of 10 MB of output', async () => {
  await text('run-background-task', { name: 'much', shell: 'seq 1 1500000' });
  await session.call('wait', { job_id: 'much', wait_s: SOON });
  const reply = await text('get-task-stdout', { name: 'much' });
  assert.match(reply, /earlier output is not shown.*\n1500000\n$/s);
  assert.ok(Buffer.byteLength(reply) < 140_000);
});

// Promise: bgtask-stdin
test('send-to-task-stdin sends data unchanged', async () => {
  await startReady('reader', 'echo ready; read a; read b; echo "$a-$b"');
  for (const data of ['o', 'ne\ntw', 'o\n']) {
    assert.equal(
      await text('send-to-task-stdin', { name: 'reader', data }),
      'Data sent to task "reader" stdin.',
    );
  }
  await session.call('wait', { job_id: 'reader', wait_s: SOON });
  assert.match(await text('get-task-stdout', { name: 'reader' }), /\none-two\n$/);
});

// Promise: bgtask-closed-stdin
test('input to a finished task is refused, and the server keeps running', async () => {
  await text('run-background-task', { name: 'ended', shell: 'true' });
  await session.call('wait', { job_id: 'ended', wait_s: SOON });
  assertRefused(await session.call('send-to-task-stdin', { name: 'ended', data: 'x' }), /is not running/);
  assert.match(await text('list-background-tasks'), /ended/);
});

// Promise: bgtask-unknown
test('an error about an unknown task names it, and the tool that lists tasks', async () => {
  for (const name of ['stop-background-task', 'get-task-stdout', 'get-task-stderr']) {
    assertRefused(
      await session.call(name, { name: 'nobody' }),
      /No task found with name "nobody"\. Call list-background-tasks/,
    );
  }
  assertRefused(await session.call('send-to-task-stdin', { name: 'nobody', data: 'x' }), /nobody/);
});
