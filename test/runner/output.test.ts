import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { launchRunner } from '../../src/jobs/runners/runner-launch.ts';
import { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import { findOnPath } from '../../src/jobs/start/shell.ts';
import { LogReader } from '../../src/log/read/log-reader.ts';
import { readRaw } from '../../src/log/read/raw-page.ts';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import type { JobRecord, JobSpec } from '../../src/protocol/job-record.ts';
import { logFolder } from '../../src/protocol/log-folder.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { DIST } from '../support/mcp-session.ts';
import { repeats } from '../support/repeats.ts';
import {
  eventually,
  isAlive,
  makeSpec,
  RUNNER_SCRIPT,
  startJob,
  startRunner,
  untilEnded,
} from '../support/runner.ts';
import { atEnd, removeUsedFolder, scratchFolder } from '../support/scratch.ts';

async function run(
  link: RunnerLink,
  storage: string,
  spec: JobSpec,
): Promise<{ job: JobRecord; log: string }> {
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  return { job: await ended, log: raw(storage, spec.id) };
}

function raw(storage: string, id: string): string {
  const reader = new LogReader(logFolder(storage, id));
  return readRaw(reader, { cursor: 0, maxBytes: 1024 * 1024, ended: true }).bytes.toString('latin1');
}

// Promise: reopened-devices
test('a job can open the devices of its standard streams', async (t) => {
  const { storage, connect } = await startRunner(t);
  const command = 'echo a > /dev/stdout; echo b > /dev/stderr; cat < /dev/stdin';
  const { job, log } = await run(await connect(), storage, makeSpec(command, { stdin: 'closed' }));
  assert.equal(job.exitCode, 0);
  assert.deepEqual(log.trim().split('\n').sort(), ['a', 'b']);
});

const linuxOnly = { skip: process.platform !== 'linux' && 'needs pipe2(2)' };

// Promise: reopened-devices
test(
  'a job with pipes of the native module can open the devices, also after the end of file',
  linuxOnly,
  async (t) => {
    const { storage, connect } = await startRunner(t);
    const link = await connect({ modulesFolder: DIST });
    // The module is loaded after the first job.
    await eventually('a job has such pipes', async () => {
      return (await run(link, storage, makeSpec('true'))).job.capture === 'pipe';
    });
    const command =
      'echo a > /dev/stdout; echo b > /dev/stderr; read go; sleep 0.3; cat < /dev/stdin; cat /dev/stdin';
    const spec = makeSpec(command, { mergeStderr: true });
    const ended = untilEnded(link, spec.id);
    await startJob(link, spec);
    await link.write({ id: spec.id, text: 'go\nhello\n', eof: true, by: 'agent' });
    assert.deepEqual([(await ended).exitCode, (await ended).capture], [0, 'pipe']);
    assert.equal(raw(storage, spec.id), 'a\nb\nhello\n');
  },
);

test('merged streams keep their exact order', async (t) => {
  const { storage, connect } = await startRunner(t);
  const command = 'for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done';
  const { log } = await run(await connect(), storage, makeSpec(command, { mergeStderr: true }));
  assert.equal(log, [1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => `o${i}\ne${i}\n`).join(''));
});

// Promise: inherited-pipes
test('a child that keeps the pipes open does not delay the end, and its later output is kept', async (t) => {
  const { storage, connect } = await startRunner(t);
  const link = await connect({ keepAliveMs: null });
  // The file tells the child to go on only when the job is known to have ended.
  const gate = join(storage, 'gate');
  const spec = makeSpec(`(while [ ! -e ${gate} ]; do sleep 0.02; done; echo late) & echo early`);
  const { job, log } = await run(link, storage, spec);
  assert.equal(job.status, 'completed');
  assert.equal(log, 'early\n');
  mkdirSync(gate);
  await eventually('the late output is there', () => raw(storage, spec.id) === 'early\nlate\n');
});

// Promise: finished-folder-deleted
test('processes left behind do not recreate a log that was removed', async (t) => {
  const { storage, connect } = await startRunner(t);
  const link = await connect({ keepAliveMs: null });
  const [gate, done] = [join(storage, 'gate'), join(storage, 'done')];
  const late = `while [ ! -e ${gate} ]; do sleep 0.02; done; echo late; echo later >&2; mkdir ${done}`;
  const spec = makeSpec(`(${late}) & echo early`);
  await run(link, storage, spec);
  rmSync(logFolder(storage, spec.id), { recursive: true });
  mkdirSync(gate);
  await eventually('it has printed', () => existsSync(done));
  // The runner reads its pipes before it answers.
  await run(link, storage, makeSpec('true'));
  assert.equal(existsSync(logFolder(storage, spec.id)), false);
});

// Promise: output-at-exit
test('keeps every byte of a job that prints 256 KiB and exits', async (t) => {
  const { storage, connect } = await startRunner(t);
  const link = await connect();
  for (let round = 0; round < repeats(1000, 10); round++) {
    const { job, log } = await run(link, storage, makeSpec('head -c 262144 /dev/zero'));
    assert.equal(log.length, 262_144);
    assert.equal(job.outputEnd, 262_144);
  }
});

test('the record of a job ends behind the output of what it left behind, once that is killed', async (t) => {
  const { storage, connect } = await startRunner(t);
  const link = await connect();
  const gate = join(storage, 'gate');
  const late = `while [ ! -e ${gate} ]; do sleep 0.02; done; echo late; exec sleep 100`;
  const { job } = await run(link, storage, makeSpec(`(${late}) & echo early`));
  const { id } = job;
  assert.deepEqual([job.leftBehind !== 0, job.outputEnd], [true, 'early\n'.length]);
  mkdirSync(gate);
  await eventually('it has printed', () => raw(storage, id) === 'early\nlate\n');
  const killed = await link.kill({ id, signal: 'SIGTERM', graceMs: 2000, by: 'agent' });
  assert.deepEqual([killed.job.leftBehind, killed.job.outputEnd], [0, 'early\nlate\n'.length]);
});

test('without mkfifo jobs run on a socket pair, and their records say so', async (t) => {
  const { link, storage } = await startWithoutMkfifo(t);
  const { job, log } = await run(link, storage, makeSpec('read line; echo "got $line"', { stdin: 'closed' }));
  assert.equal(job.capture, 'socket');
  assert.equal(log, 'got \n');
});

// Promise: cwd-missing, shell-missing
test('a job without a folder or a shell fails with the reason', async (t) => {
  const { connect } = await startRunner(t);
  const link = await connect();
  const noFolder = await startJob(link, makeSpec('true', { cwd: '/no/such/folder' }));
  assert.deepEqual(
    [noFolder.status, noFolder.error],
    ['failed', 'The folder /no/such/folder does not exist.'],
  );
  const noShell = await startJob(link, makeSpec('true', { shell: '/no/such/shell' }));
  assert.deepEqual([noShell.status, noShell.error], ['failed', 'The shell /no/such/shell does not exist.']);
});

test('the error of a job that cannot start names the path at fault', async (t) => {
  const { connect, storage } = await startRunner(t);
  const link = await connect();
  const file = join(storage, 'file');
  writeFileSync(file, '');
  for (const [change, error] of [
    [{ cwd: file }, `${file} is not a folder.`],
    [{ shell: file }, `The shell ${file} cannot be run (EACCES).`],
  ] as const) {
    assert.equal((await startJob(link, makeSpec('true', change))).error, error);
  }
  removeUsedFolder(storage);
  assert.equal(
    (await startJob(link, makeSpec('true'))).error,
    `The folder ${storage} does not exist (ENOENT).`,
  );
});

// Promise: unread-input
test('input that the job does not read is refused above the limit, and the job continues', async (t) => {
  const { connect } = await startRunner(t);
  const link = await connect();
  const { id, pid } = await startJob(link, makeSpec('sleep 100'));
  const text = 'x'.repeat(64 * 1024);
  const results = [];
  for (let i = 0; i < 24; i++) results.push(await link.write({ id, text, eof: false }));
  assert.equal(results[0], 'written');
  assert.equal(results.at(-1), 'full');
  assert.equal(isAlive(pid!), true);
});

// Promise: closed-stdin
test('input to a job that closed its stdin is refused, and the runner continues', async (t) => {
  const { connect } = await startRunner(t);
  const link = await connect();
  const { id } = await startJob(link, makeSpec('exec < /dev/null; sleep 100'));
  await eventually('the pipe is known to be closed', async () => {
    return (await link.write({ id, text: 'x\n', eof: false })) === 'closed';
  });
});

async function startWithoutMkfifo(t: TestContext): Promise<{ link: RunnerLink; storage: string }> {
  const storage = scratchFolder(t);
  const bin = join(storage, 'bin');
  mkdirSync(bin);
  for (const program of ['sh', 'sleep']) symlinkSync(findOnPath(program, process.env)!, join(bin, program));
  const env = { ...process.env, PATH: bin } as Record<string, string>;
  await launchRunner(RUNNER_SCRIPT, storage, env);
  const [found] = await findRunners(storage, systemProcessTable());
  const link = await RunnerLink.connect(found!.address, {
    ...{ keepAliveMs: 0, endJobsWithClient: false, maxRunning: 9, env },
  });
  atEnd(t, async () => {
    link.close();
    await eventually('the runner ends', () => !isAlive(found!.address.pid));
  });
  return { link, storage };
}
