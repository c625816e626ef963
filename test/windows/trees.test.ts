import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { readParameters } from '../../src/processes/windows/process-memory.ts';
import {
  FILE,
  node,
  openCmdSession,
  processesOf,
  runToEnd,
  skip,
  startUntil,
  untilNoProcesses,
} from './session.ts';

const session = skip === false ? await openCmdSession(FILE) : undefined!;

/** Shapes of process trees: a command, and what it prints when all its processes run. */
const TREES = {
  'a plain child': [node('sleep.mjs', 'child'), 'ready child'],
  'a child in the background of cmd': [
    `start /b ${node('sleep.mjs', 'one')} & ${node('sleep.mjs', 'two')}`,
    ['ready one', 'ready two'],
  ],
  'a deep chain': [`cmd /c cmd /c cmd /c ${node('sleep.mjs', 'deep')}`, 'ready deep'],
  'a detached child': [node('spawn-detached.mjs', 'stay'), 'ready detached'],
  'a detached orphan': [
    `${node('spawn-detached.mjs')} & ${node('sleep.mjs', 'shell')}`,
    ['ready detached', 'ready shell'],
  ],
} as const;

for (const [shape, [command, ready]] of Object.entries(TREES)) {
  // Promise: windows-kill, kill-any-tree
  test(`a kill ends ${shape}`, { skip }, async () => {
    const { facts } = await startUntil(session, command, ready);
    const before = await processesOf(facts.id!);
    assert.ok(before.length >= 2, `processes: ${before.length}`);
    const { facts: end, text } = await session.call('kill', { job_id: facts.id, signal: 'SIGKILL' });
    assert.equal(end.survivors, '0', text);
    assert.equal(end.status, 'killed');
    assert.deepEqual(await processesOf(facts.id!), []);
  });
}

// Promise: windows-left-behind
test('what a finished job left behind is counted, and ended by a kill', { skip }, async () => {
  const { facts } = await runToEnd(session, `start /b ${node('sleep.mjs', 'left')}`);
  assert.equal(facts.status, 'completed');
  assert.equal(facts.left_behind, '1');
  assert.equal((await processesOf(facts.id!)).length, 1);
  await session.call('kill', { job_id: facts.id, signal: 'SIGKILL' });
  assert.deepEqual(await processesOf(facts.id!), []);
});

// Promise: windows-no-breakaway
test('no process can leave its job', { skip }, async () => {
  // ERROR_ACCESS_DENIED
  const { facts } = await startUntil(session, node('leave-job.cjs'), '^error 5');
  await session.call('wait', { job_id: facts.id, timeout_s: 30 });
  await untilNoProcesses(facts.id!);
});

// Promise: windows-access-denied
test(
  'a process that denies access is listed without its command line, and a kill ends it',
  { skip },
  async () => {
    const { facts } = await startUntil(session, node('deny-access.cjs'), '^ready \\d+');
    const { log } = await session.call('tail', { job_id: facts.id, lines: 1 });
    const pid = Number(/ready (\d+)/.exec(log)?.[1]);
    assert.equal(readParameters(pid), undefined);
    const table = systemProcessTable();
    const { command, memoryBytes } = (await table.details(pid)) ?? {};
    assert.equal(command, '');
    assert.ok(memoryBytes! > 1024 * 1024);
    assert.match((await session.call('status', { job_id: facts.id })).text, /processes=2 /);
    const { facts: end, text } = await session.call('kill', { job_id: facts.id, signal: 'SIGKILL' });
    assert.equal(end.survivors, '0', text);
    assert.equal(await table.find(pid), undefined);
  },
);

// Promise: windows-process-table
test(
  'the status shows the processes of a job without its console, with CPU and memory',
  { skip },
  async () => {
    const { facts } = await startUntil(session, node('sleep.mjs', 'one'), 'ready one');
    const { text } = await session.call('status', { job_id: facts.id });
    const [, processes, cpu, memory] = /processes=(\d+) cpu_ms=(\d+) memory_bytes=(\d+)/.exec(text) ?? [];
    assert.equal(processes, '2', text);
    assert.ok(Number(cpu) > 0 && Number(memory) > 1024 * 1024, text);
    await session.call('kill', { job_id: facts.id, signal: 'SIGKILL' });
  },
);
