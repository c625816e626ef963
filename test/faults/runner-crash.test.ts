import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { rawLog, runnerPid, start, startReady, untilEnd, untilPrinted } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { repeats } from '../support/repeats.ts';
import { eventually, isAlive, makeSpec, startRunner } from '../support/runner.ts';

// Promise: runner-killed
test('when the runner is killed while jobs print, each log is complete up to then, and the next job works', async (t) => {
  for (let round = 0; round < repeats(30, 2); round++) {
    const storage = storageFolder(t);
    const manager = openManager(t, { storage });
    // On a busy machine it would print more than the log keeps.
    const command = 'echo ready; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); echo $i; done; exec sleep 1000';
    const jobs = await Promise.all([startReady(manager, command), startReady(manager, command)]);
    // In the middle of their output.
    for (const { id } of jobs) await untilPrinted(manager, id, `^${2000 + 500 * round}$`);
    process.kill(await runnerPid(storage), 'SIGKILL');
    for (const { id, pid } of jobs) {
      assert.equal((await untilEnd(manager, id)).status, 'lost');
      assert.equal(isAlive(pid!), false);
      const lines = rawLog(manager, id).toString().split('\n').slice(1, -1);
      const wrong = lines.findIndex((line, at) => Number(line) !== at + 1);
      assert.equal(wrong, -1, `line ${wrong}: ${lines[wrong] ?? ''}`);
      assert.ok(lines.length > 1000);
    }
    const next = await start(manager, 'echo again');
    assert.equal((await untilEnd(manager, next.id)).exitCode, 0);
  }
});

// Promise: runner-killed-during-start
test('when the runner is killed while it starts jobs, none of their processes remains', async (t) => {
  for (let round = 0; round < repeats(100, 10); round++) {
    const runner = await startRunner(t);
    const { pid } = await runner.address();
    const link = await runner.connect();
    const gone = once(link, 'closed');
    const pids = join(runner.storage, 'pids');
    const starts = Array.from({ length: 8 }, async () => {
      await link.start({ spec: makeSpec(`echo $$ >> ${pids}; exec sleep 100`), mayQueue: false });
    });
    const all = Promise.allSettled(starts);
    // After the fork of one of them, or of all.
    await Promise.race([eventually('a shell runs', () => existsSync(pids)), all]);
    process.kill(pid, 'SIGKILL');
    await Promise.all([all, gone, eventually('it is gone', () => !isAlive(pid))]);
    const manager = openManager(t, { storage: runner.storage });
    await manager.jobs.ready();
    assert.deepEqual([...new Set(manager.jobs.list().map(({ status }) => status))], ['lost']);
    const printed = existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : [];
    assert.deepEqual(printed.filter(isAlive), []);
    await manager.dispose();
  }
});

/** Kills a process as soon as a file contains a word, in a thread of its own. */
const KILLER = `
const { readFileSync } = require('node:fs');
const { file, word, pid } = require('node:worker_threads').workerData;
require('node:worker_threads').parentPort.postMessage('begins');
while (!readFileSync(file).includes(word));
process.kill(pid, 'SIGKILL');`;

// Promise: runner-killed-before-answer
test('when the runner is killed before it answers a start, the command does not run a second time', async (t) => {
  for (let round = 0; round < repeats(20, 3); round++) {
    const storage = storageFolder(t);
    const manager = openManager(t, { storage });
    await startReady(manager, 'echo ready; exec sleep 100');
    const ran = join(storage, 'ran');
    const command = `echo ran >> ${ran}; exec sleep 100`;
    const workerData = { file: join(storage, 'journal.jsonl'), word: ran, pid: await runnerPid(storage) };
    const killer = new Worker(KILLER, { eval: true, workerData });
    await once(killer, 'message');
    const [{ id }] = await Promise.all([start(manager, command), once(killer, 'exit')]);
    assert.equal((await untilEnd(manager, id)).status, 'lost');
    assert.equal(manager.jobs.list().filter((job) => job.command === command).length, 1);
    assert.ok(!existsSync(ran) || readFileSync(ran, 'utf8') === 'ran\n');
    const { job } = await manager.restart(id, { kind: 'agent' });
    assert.equal(job.status, 'running');
  }
});

// Promise: runner-killed-idle
test('a manager removes the folder of a runner that was killed without running jobs at once', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  await untilEnd(manager, (await start(manager, 'true')).id);
  const [found] = await findRunners(storage, systemProcessTable());
  const { pid, socket } = found!.address;
  process.kill(pid, 'SIGKILL');
  await eventually('the folder is gone', () => !existsSync(dirname(socket)));
  assert.equal((await untilEnd(manager, (await start(manager, 'true')).id)).status, 'completed');
});
