import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Journal } from '../../src/protocol/journal.ts';
import { rawLog, runnerPid, start, startReady, untilEnd } from '../support/jobs.ts';
import { startLimitedRunner } from '../support/limited-runner.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { fillDisk, mountTinyDisk } from '../support/tiny-disk.ts';

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
  // Files end at 64 KiB: write(2) then fails with EFBIG, as it does with ENOSPC (setrlimit(2), RLIMIT_FSIZE).
  await startLimitedRunner(t, storage, ['/bin/sh', '-c', 'trap "" XFSZ; ulimit -f 128; exec "$@"', 'sh']);
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
