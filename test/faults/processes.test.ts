import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { start, untilEnd } from '../support/jobs.ts';
import { startLimitedRunner } from '../support/limited-runner.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { isAlive, RUNNER_SCRIPT } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

/** A program and its arguments. */
type Command = [string, ...string[]];

/** Jobs that fit beside the runner below the limit. */
const JOBS = 5;
/** Threads of a runner. The number is approximate, because those of libuv's pool and of V8 come and go. */
const RUNNER_THREADS = 25;

const limits = { ...DEFAULT_LIMITS, maxConcurrentJobs: 1000 };

// Promise: no-processes
test('without a free process a new job fails with the reason, and the others can be killed', async (t) => {
  const storage = storageFolder(t);
  const prefix = limitProcesses(t, storage);
  if (prefix === undefined) {
    t.skip('needs prlimit(1), and as root setpriv(1) and a program that another user may run');
    return;
  }
  await startLimitedRunner(t, storage, prefix);
  const settings = () => ({ limits, shell: '/bin/sh', cwd: '/' });
  const manager = openManager(t, { storage, settings });
  const running: JobRecord[] = [];
  let refused: JobRecord | undefined;
  for (let count = 0; refused === undefined && count < 500; count++) {
    const job = await start(manager, 'exec sleep 100');
    if (job.status === 'failed') refused = job;
    else running.push(job);
  }
  assert.match(refused?.error ?? '', /EAGAIN/);
  for (const { id, pid } of running) {
    const { job, survivors } = await manager.kill(id, 'agent');
    assert.deepEqual([job.status, survivors], ['killed', []]);
    assert.equal(isAlive(pid!), false);
  }
  assert.equal((await untilEnd(manager, (await start(manager, 'echo again')).id)).status, 'completed');
});

/**
 * Limits the processes of its user to a few more than there are now (getrlimit(2), RLIMIT_NPROC). It does not
 * apply to root. In that case the runner runs as another user, who gets the storage folder.
 */
function limitProcesses(context: TestContext, storage: string): Command | undefined {
  const own = process.getuid?.();
  if (own === undefined || process.platform !== 'linux') return undefined;
  if (own !== 0) return runs(['prlimit', `--nproc=${threadsOf(own) + RUNNER_THREADS + JOBS}`]);
  // No other process has this user, so all processes below the limit are ours.
  const user = 61_000 + (process.pid % 1000);
  const folder = scratchFolder(context);
  // The user needs access to both folders, and no other user may lose a permission.
  for (const each of [folder, dirname(folder)]) chmodSync(each, statSync(each).mode | 0o111);
  chownSync(storage, user, user);
  const script = join(folder, 'runner.mjs');
  copyFileSync(RUNNER_SCRIPT, script);
  mkdirSync(join(folder, 'tmp'));
  chownSync(join(folder, 'tmp'), user, user);
  const asUser: Command = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups'];
  const prefix: Command = [
    ...asUser,
    ...['prlimit', `--nproc=${RUNNER_THREADS + JOBS}`],
    // Instead of the script that the caller names, which the user might not be able to read.
    ...['env', `TMPDIR=${join(folder, 'tmp')}`, '/bin/sh', '-c', `exec "$1" ${script} "$3"`, 'sh'],
  ];
  return runs([...asUser, 'prlimit', '--nproc=100', process.execPath, '--version']) && prefix;
}

function runs(prefix: Command): Command | undefined {
  const [program, ...args] = prefix;
  return spawnSync(program, [...args, 'true']).status === 0 ? prefix : undefined;
}

/** RLIMIT_NPROC counts threads. */
function threadsOf(user: number): number {
  let count = 0;
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'latin1');
      if (Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]) !== user) continue;
      count += Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]);
    } catch {
      // The process has exited.
    }
  }
  return count;
}
