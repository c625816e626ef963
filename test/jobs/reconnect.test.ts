import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import { runnerPid, SOON, startReady } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { atEnd } from '../support/scratch.ts';

const ECHO = 'echo ready; while read -r line; do echo "$line"; done';

test('a wait that began without a connection to the runner is woken after the connection was made', async (t) => {
  const storage = storageFolder(t);
  const first = openManager(t, { storage });
  const { id } = await startReady(first, ECHO);
  const runner = await runnerPid(storage);
  process.kill(runner, 'SIGSTOP');
  atEnd(t, () => process.kill(runner, 'SIGCONT'));
  const connect = RunnerLink.connect.bind(RunnerLink);
  t.mock.method(RunnerLink, 'connect', (...[address, options]: Parameters<typeof connect>) =>
    connect(address, options, 300),
  );
  const second = openManager(t, { storage });
  await second.jobs.ready();
  assert.equal(second.jobs.linkOf(second.jobs.get(id)), undefined);
  const { end: cursor } = second.logs.range(id);
  const waiting = second.wait([{ id, cursor }], { until: 'output' }, SOON);
  process.kill(runner, 'SIGCONT');
  while (second.jobs.linkOf(second.jobs.get(id)) === undefined) await second.jobs.ready();
  await first.input.write(id, 'more\n', false);
  assert.equal((await waiting).reason, 'output');
});

test('waits continue after the connection to the runner broke', async (t) => {
  const storage = storageFolder(t);
  const [first, second] = [openManager(t, { storage }), openManager(t, { storage })];
  const { id } = await startReady(first, ECHO);
  await second.jobs.ready();
  const link = second.jobs.linkOf(second.jobs.get(id));
  const { end: cursor } = second.logs.range(id);
  const output = second.wait([{ id, cursor }], { until: 'output' }, SOON);
  const exit = second.wait([{ id, cursor }], { until: 'exit' }, SOON);
  const closed = new Promise<void>((resolve) => link?.once('closed', resolve));
  link?.close();
  await closed;
  await first.input.write(id, 'more\n', false);
  assert.equal((await output).reason, 'output');
  await first.input.write(id, '', true);
  assert.equal((await exit).reason, 'exit');
});

test('a wait for a job that is removed ends with an error', async (t) => {
  const manager = openManager(t);
  const { id } = await startReady(manager, ECHO);
  const waiting = manager.wait([{ id, cursor: 0 }], { until: 'exit' }, SOON);
  manager.jobs.remove(id);
  await assert.rejects(waiting, { name: 'JobError' });
});

test('a wait looks at the log once, however short its timeout is', async (t) => {
  const manager = openManager(t);
  const { id } = await startReady(manager, ECHO);
  const pattern = { until: 'pattern', pattern: 'read' } as const;
  // The first search starts a worker, which takes longer than this timeout.
  assert.equal((await manager.wait([{ id, cursor: 0 }], pattern, 1)).reason, 'pattern');
});
