import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Journal } from '../../src/protocol/journal.ts';
import { rawLog, runnerPid, start, startReady, untilEnd } from '../support/jobs.ts';
import { startLimitedRunner } from '../support/limited-runner.ts';
import { openManager } from '../support/manager.ts';
import { openSession, storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';
import { fillDisk, mountTinyDisk } from '../support/tiny-disk.ts';

/** Files end at 64 KiB: write(2) then fails with EFBIG, as it does with ENOSPC (setrlimit(2), RLIMIT_FSIZE). */
const LOGS_OF_64_KB = ['/bin/sh', '-c', 'trap "" XFSZ; ulimit -f 128; exec "$@"', 'sh'] as const;

// Promise: disk-full
test('on a full disk jobs run, are read and can be killed, and are recorded once there is space', async (t) => {
  const disk = mountTinyDisk(t, 512);
  if (disk === undefined) {
    t.skip('needs the right to mount a tmpfs; a limit on the size of files is tried below');
    return;
  }
  const storage = join(disk, 'storage');
  mkdirSync(storage);
  const manager = openManager(t, { storage });
  const printer = await startReady(manager, 'echo ready; read line; seq 1 200000; exit 4');
  const waiting = await startReady(manager, 'echo ready; exec sleep 100');
  const runner = await runnerPid(storage);
  const makeRoom = fillDisk(disk);

  await manager.input.write(printer.id, '\n', false);
  const ended = await untilEnd(manager, printer.id);
  assert.equal(ended.exitCode, 4);
  const printed = Buffer.byteLength(
    `ready\n${Array.from({ length: 200_000 }, (_, at) => `${at + 1}\n`).join('')}`,
  );
  assert.equal(ended.outputEnd! + ended.unstoredBytes!, printed);
  assert.ok(rawLog(manager, printer.id).toString().startsWith('ready\n'));
  const killed = await manager.kill(waiting.id, 'agent');
  assert.deepEqual([killed.job.status, killed.survivors], ['killed', []]);
  assert.equal(isAlive(waiting.pid!), false);
  // A job without a log does not run, and reports why.
  const refused = await start(manager, 'true');
  assert.equal(refused.status, 'failed');
  assert.match(refused.error ?? '', /ENOSPC/);

  makeRoom();
  assert.equal((await untilEnd(manager, (await start(manager, 'echo room')).id)).status, 'completed');
  const { jobs } = new Journal(storage).read();
  const recorded = [printer, waiting, refused].map(({ id }) => jobs.get(id)?.status);
  assert.deepEqual(recorded, ['failed', 'killed', 'failed']);
  await manager.dispose();
  await eventually('the runner ends', () => !isAlive(runner));
});

// Promise: disk-full
test('records that did not fit on a full disk are written when the runner exits', async (t) => {
  const disk = mountTinyDisk(t, 256);
  if (disk === undefined) {
    t.skip('needs the right to mount a tmpfs; a limit on the size of files is tried below');
    return;
  }
  const storage = join(disk, 'storage');
  mkdirSync(storage);
  const manager = openManager(t, { storage });
  // Its record is larger than what may be left of the journal's last block.
  const job = await startReady(manager, `echo ready; read line; exit 4 # ${'x'.repeat(8192)}`);
  const runner = await runnerPid(storage);
  const makeRoom = fillDisk(disk);
  await manager.input.write(job.id, '\n', false);
  await untilEnd(manager, job.id);
  assert.equal(new Journal(storage).read().jobs.get(job.id)?.status, 'running');
  makeRoom();
  await manager.dispose();
  await eventually('the runner ends', () => !isAlive(runner));
  const later = openManager(t, { storage });
  await later.jobs.ready();
  assert.deepEqual([later.jobs.get(job.id).status, later.jobs.get(job.id).exitCode], ['failed', 4]);
});

// Promise: disk-full
test('output that exceeds the file size limit is counted, and the job runs to its end', async (t) => {
  const storage = storageFolder(t);
  await startLimitedRunner(t, storage, LOGS_OF_64_KB);
  const manager = openManager(t, { storage });
  const { id } = await start(manager, 'seq 1 100000; exit 4');
  const job = await untilEnd(manager, id);
  const printed = Buffer.byteLength(Array.from({ length: 100_000 }, (_, at) => `${at + 1}\n`).join(''));
  assert.equal(job.exitCode, 4);
  assert.equal(job.outputEnd! + job.unstoredBytes!, printed);
  assert.ok(job.unstoredBytes! > 0);
  assert.equal(rawLog(manager, id).length, job.outputEnd);
});

// Promise: disk-full
test('each reply with the log of a job says how much output could not be stored, also while the job runs', async (t) => {
  const storage = storageFolder(t);
  await startLimitedRunner(t, storage, LOGS_OF_64_KB);
  const session = await openSession(t, { storage });
  const lossy = 'seq 1 20000; echo ERROR: build failed';
  const ended = await session.call('execute', { command: `${lossy}; exit 4`, wait_s: 45 });
  assert.equal(ended.facts.exit_code, '4');
  const lost =
    Buffer.byteLength(Array.from({ length: 20_000 }, (_, at) => `${at + 1}\n`).join('')) + 20 - 65_536;
  assert.equal(ended.facts.log_not_stored, String(lost));
  const done = join(scratchFolder(t), 'done');
  const running = await session.call('execute', {
    command: `read line; ${lossy}; touch ${done}; exec sleep 100`,
    stdin: 'open',
  });
  await session.call('interact', { job_id: running.facts.id, input: 'go' });
  for (const { id } of [ended.facts, running.facts]) {
    const calls = { output: {}, tail: {}, search: { regex: 'ERROR' }, wait: { until: 'output' }, status: {} };
    for (const [tool, args] of Object.entries(calls)) {
      await eventually(`${tool} reports the loss`, async () => {
        const { facts } = await session.call(tool, { job_id: id, ...args });
        return Number(facts.log_not_stored) > 0;
      });
    }
  }
  await eventually('all is printed', () => existsSync(done));
  const killed = await session.call('kill', { job_id: running.facts.id });
  assert.equal(killed.facts.log_not_stored, String(lost));
});

// Promise: disk-full
test('a runner without space for its address fails with the reason and leaves nothing behind', async (t) => {
  const disk = mountTinyDisk(t, 64);
  if (disk === undefined) {
    t.skip('needs the right to mount a tmpfs');
    return;
  }
  const storage = join(disk, 'storage');
  mkdirSync(storage);
  const makeRoom = fillDisk(disk);
  const manager = openManager(t, { storage });
  await assert.rejects(start(manager, 'true'), /^JobError: The job runner cannot be started: .*storage/s);
  makeRoom();
  assert.equal((await untilEnd(manager, (await start(manager, 'true')).id)).status, 'completed');
  assert.equal(existsSync(join(storage, 'journal.jsonl')), true);
});
