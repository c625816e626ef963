import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import type { StartResult } from '../../src/protocol/messages.ts';
import { eventually, makeSpec, startJob, startRunner } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

/** A job that takes until `leave()` to end, and two clients. */
async function openSlow(t: TestContext) {
  const runner = await startRunner(t);
  const [a, b] = [await runner.connect(), await runner.connect()];
  const folder = scratchFolder(t);
  const file = (name: string): string => join(folder, name);
  const leaving = `touch ${file('asked')}; until [ -e ${file('gate')} ]; do sleep 0.02; done; exit`;
  const command = `trap '${leaving}' TERM; touch ${file('ready')}; while :; do sleep 0.02; done`;
  const spec = () => makeSpec(command, { name: 'slow' });
  const job = await startJob(a, spec());
  await eventually('the job is ready', () => existsSync(file('ready')));
  const kill = { id: job.id, signal: 'SIGTERM', graceMs: 30_000, by: 'agent' } as const;
  return {
    ...{ a, b, job, spec, kill },
    isAsked: () => eventually('the job is asked to end', () => existsSync(file('asked'))),
    /** Lets the job end after the runner has read what a client has sent. */
    leave: async (link: RunnerLink) => {
      await eventually('the request is read', () => link.isResponsive());
      writeFileSync(file('gate'), '');
    },
    restart: () => a.start({ spec: spec(), mayQueue: false, replaces: kill }),
  };
}

function started(result: StartResult): JobRecord {
  if ('refused' in result) assert.fail(result.refused);
  return result.job;
}

// Promise: kill-restarting
test('a kill while another client restarts the job ends the new run, too', async (t) => {
  const { b, job, kill, isAsked, leave, restart } = await openSlow(t);
  const restarting = restart();
  await isAsked();
  const killing = b.kill(kill);
  await leave(b);
  const [restarted, killed] = [started(await restarting), await killing];
  assert.notEqual(restarted.id, job.id);
  assert.deepEqual([killed.job.id, killed.job.status, killed.survivors], [restarted.id, 'killed', []]);
});

// Promise: start-while-killed
test('a start under the name of a job that is being killed starts it again', async (t) => {
  const { a, b, job, spec, kill, isAsked, leave } = await openSlow(t);
  const killing = b.kill(kill);
  await isAsked();
  const starting = a.start({ spec: spec(), mayQueue: false });
  await leave(a);
  const { id, status } = started(await starting);
  assert.deepEqual([(await killing).job.status, id === job.id, status], ['killed', false, 'running']);
});

// Promise: start-while-restarted
test('a start under the name of a job that is being restarted gets the new run', async (t) => {
  const { b, spec, isAsked, leave, restart } = await openSlow(t);
  const restarting = restart();
  await isAsked();
  const starting = b.start({ spec: spec(), mayQueue: false });
  await leave(b);
  const [restarted, result] = [started(await restarting), await starting];
  assert.deepEqual(result, { refused: 'name', job: restarted });
});

test('a start that expects a job which is being killed is refused', async (t) => {
  const { a, b, job, spec, kill, isAsked, leave } = await openSlow(t);
  const killing = b.kill(kill);
  await isAsked();
  const starting = a.start({ spec: spec(), mayQueue: false, expects: job.id });
  await leave(a);
  assert.deepEqual(await starting, { refused: 'ended' });
  await killing;
});
