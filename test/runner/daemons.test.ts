import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import { jobMark } from '../../src/processes/job-mark.ts';
import { type LimitName, readLimit } from '../../src/processes/process-limits.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { start } from '../support/jobs.ts';
import { startLimitedRunner } from '../support/limited-runner.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive, makeSpec, startJob, startRunner, type TestRunner } from '../support/runner.ts';
import { atEnd } from '../support/scratch.ts';

/** The mark that makes these tests pass is a resource limit, which prlimit(1) sets. */
const skip = spawnSync('prlimit', ['--version']).status === 0 ? false : 'needs prlimit(1) of util-linux';

function without(program: string): string | false {
  return skip || (spawnSync(program, ['--version']).error === undefined ? false : `needs ${program}`);
}

/** Starts a job that writes the pid of a daemon into a file, and waits until it has. */
async function startDaemon(
  { storage }: TestRunner,
  link: RunnerLink,
  commandOf: (pidFile: string) => string,
): Promise<{ job: JobRecord; daemon: number }> {
  const pidFile = join(storage, 'daemon.pid');
  const job = await startJob(link, makeSpec(`${commandOf(pidFile)}; exec sleep 100`, { cwd: storage }));
  await eventually('the daemon has written its pid', () => {
    return existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n');
  });
  return { job, daemon: Number(readFileSync(pidFile, 'utf8')) };
}

function environmentOf(pid: number): string {
  return readFileSync(`/proc/${pid}/environ`, 'latin1');
}

/** A job runs for a moment before its limits are set. */
async function hasLimit(pid: number, name: LimitName, soft: bigint | undefined): Promise<void> {
  await eventually(`${name} is ${soft}`, () => readLimit(pid, name)?.soft === soft);
}

const DAEMONS: Readonly<Record<string, { skip: string | false; command: (pidFile: string) => string }>> = {
  'a daemon that starts with an empty environment': {
    skip,
    command: (file) => `(setsid env -i sh -c 'echo $$ > ${file}; exec sleep 100' &)`,
  },
  'a daemon that overwrites its environment with a title': {
    skip: without('perl'),
    command: (file) => {
      const title = `$0 = 'x' x 100000; open F, '>', '${file}'; print F "$$\\n"; close F; sleep 100`;
      return `(setsid perl -e "${title.replaceAll('$', '\\$').replaceAll('"', '\\"')}" &)`;
    },
  },
  'redis-server': {
    skip: without('redis-server'),
    command: (file) =>
      `redis-server --daemonize yes --port 0 --save '' --unixsocket "$PWD/redis.sock" --pidfile ${file}`,
  },
};

for (const [name, { skip: reason, command }] of Object.entries(DAEMONS)) {
  // Promise: kill-daemon
  test(`a kill ends ${name}`, { skip: reason }, async (t) => {
    const runner = await startRunner(t);
    const link = await runner.connect();
    const { job, daemon } = await startDaemon(runner, link, command);
    atEnd(t, () => {
      if (isAlive(daemon)) process.kill(daemon, 'SIGKILL');
    });
    await eventually('the cookie is gone', () => !environmentOf(daemon).includes(job.id));
    assert.equal(readLimit(daemon, 'Max file locks')?.soft, jobMark(job.id));
    const { survivors } = await link.kill({ id: job.id, signal: 'SIGTERM', graceMs: 2000, by: 'agent' });
    assert.deepEqual(survivors, []);
    assert.equal(isAlive(daemon), false);
  });
}

// Promise: kept-process
test('a daemon with an empty cookie outlives its job', { skip }, async (t) => {
  const runner = await startRunner(t);
  const link = await runner.connect();
  const { job, daemon } = await startDaemon(runner, link, (file) => {
    return `(BACKGROUND_JOBS_JOB_ID= setsid sh -c 'echo $$ > ${file}; exec sleep 100' &)`;
  });
  atEnd(t, () => process.kill(daemon, 'SIGKILL'));
  const { survivors } = await link.kill({ id: job.id, signal: 'SIGTERM', graceMs: 2000, by: 'agent' });
  assert.deepEqual(survivors, []);
  assert.equal(isAlive(job.pid!), false);
  assert.equal(isAlive(daemon), true);
});

test('a runner that is started within a job does not carry the mark of the job', { skip }, async (t) => {
  const storage = storageFolder(t);
  const mark = jobMark(randomUUID())!;
  const pid = await startLimitedRunner(t, storage, ['prlimit', `--locks=${mark}:`]);
  const manager = openManager(t, { storage });
  const job = await start(manager, 'sleep 100');
  assert.notEqual(readLimit(pid, 'Max file locks')?.soft, mark);
  await hasLimit(job.pid!, 'Max file locks', jobMark(job.id));
});

test('jobs get the open-file limit of their client, not the one that Node raised', { skip }, async (t) => {
  const runner = await startRunner(t);
  const link = await runner.connect({ openFiles: 123 });
  const { pid } = await startJob(link, makeSpec('sleep 100'));
  await hasLimit(pid!, 'Max open files', 123n);
  const other = await runner.connect();
  const another = await startJob(other, makeSpec('sleep 100'));
  await hasLimit(another.pid!, 'Max file locks', jobMark(another.id));
  const raised = readLimit((await runner.address()).pid, 'Max open files')?.soft;
  assert.equal(readLimit(another.pid!, 'Max open files')?.soft, raised);
});
