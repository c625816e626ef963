import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { darwin } from '../../src/processes/darwin-process-table.ts';
import { COOKIE } from '../../src/processes/job-cookie.ts';
import type { ProcessTable } from '../../src/processes/process-table.ts';
import { killTree } from '../../src/processes/tree-kill.ts';
import { isAlive } from '../support/runner.ts';
import { atEnd } from '../support/scratch.ts';
import { BROKEN, standInTools } from '../support/system-tools.ts';
import { pidsIn, TREES } from '../support/trees.ts';

// Programs take the place of the tools of macOS. They report the real processes of this machine in the format of these
// tools, so everything but the tools themselves is tested. (Windows has no such tools: see test/windows.)
const skip = process.platform === 'linux' ? false : 'the stand-ins read /proc';

/** Starts a tree as a runner does. */
async function startTree(t: TestContext, command: string) {
  const id = randomUUID();
  const shell = spawn('/bin/sh', ['-c', command], {
    detached: true,
    env: { ...process.env, [COOKIE]: id },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(shell, 'exit');
  let printed = '';
  shell.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()));
  while (!printed.includes('ready')) await once(shell.stdout, 'data');
  const pids = [shell.pid!, ...pidsIn(printed)];
  atEnd(t, () => {
    for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
  });
  return { id, pid: shell.pid!, pids, exited };
}

async function kill(table: ProcessTable, { id, pid, exited }: Awaited<ReturnType<typeof startTree>>) {
  const { started } = (await table.find(pid))!;
  return killTree(table, { id, pid, started }, { signal: 'SIGTERM', graceMs: 300, exited });
}

for (const shape of Object.keys(TREES).slice(0, 5) as (keyof typeof TREES)[]) {
  // Promise: other-systems
  test(`with the tools of macOS, a kill ends ${shape}`, { skip }, async (t) => {
    standInTools(t);
    const tree = await startTree(t, TREES[shape]);
    const { survivors } = await kill(darwin, tree);
    assert.deepEqual(survivors, []);
    assert.deepEqual(tree.pids.filter(isAlive), []);
  });
}

// Promise: other-systems
test(
  'start times do not change with the time zone: the tool of macOS is asked for them in UTC',
  { skip },
  async (t) => {
    // `lstart` is in local time. Each column has an option of its own, since BSD reads a list as one header.
    const ps = 'console.log("7 1 7 Ss", process.env.TZ, process.argv.filter((each) => each === "-o").length)';
    standInTools(t, { ps });
    assert.equal((await darwin.find(7))?.started, 'UTC0 5');
  },
);

for (const [how, program] of Object.entries(BROKEN)) {
  // Promise: unreadable-process-table
  test(`if the tool of macOS ${how}, no process counts as gone`, { skip }, async (t) => {
    standInTools(t, { ps: program });
    await assert.rejects(darwin.list());
  });
}

// Promise: unreadable-process-table
test('a kill does not report success if the processes cannot be listed', { skip }, async (t) => {
  const tree = await startTree(t, TREES['a plain child']);
  standInTools(t, { ps: BROKEN['fails without a message'] });
  const root = { id: tree.id, pid: tree.pid, started: '1' };
  await assert.rejects(killTree(darwin, root, { signal: 'SIGTERM', graceMs: 0, exited: tree.exited }));
  assert.equal(isAlive(tree.pid), true);
});
