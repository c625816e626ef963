import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessInfo } from '../processes/process-table.ts';
import type { KillOutcome } from '../processes/target-kill.ts';
import type { EndedBy } from '../protocol/job-record.ts';
import { JobKills } from './job-kills.ts';

const SURVIVOR: ProcessInfo = { pid: 7, parent: 1, group: 7, session: 7, started: '1', isStopped: false };

const unset = (): never => assert.fail('The kill was not started.');

/** A kill that ends when the test says so. */
function begin(kills: JobKills, by: EndedBy) {
  let resolve: (outcome: KillOutcome) => void = unset;
  let reject: (error: Error) => void = unset;
  let onSignal: () => void = unset;
  const result = kills.run(by, (callback) => {
    onSignal = callback;
    return new Promise((onDone, onError) => {
      resolve = onDone;
      reject = onError;
    });
  });
  return {
    send: () => onSignal(),
    succeed(survivors: ProcessInfo[] = []): Promise<unknown> {
      resolve({ found: 1, survivors });
      return result;
    },
    fail(): Promise<unknown> {
      reject(new Error('The processes cannot be listed.'));
      return assert.rejects(result);
    },
  };
}

test('a kill that failed before its first signal has not ended the job', async () => {
  const kills = new JobKills();
  await begin(kills, 'agent').fail();
  assert.deepEqual(await kills.atExit(), { by: undefined, survivors: undefined });
  const [first, second] = [begin(kills, 'agent'), begin(kills, 'person')];
  await first.fail();
  const atExit = kills.atExit();
  await second.succeed();
  assert.deepEqual(await atExit, { by: 'person', survivors: [] });
});

test('a kill that fails while the job exits has not ended it either', async () => {
  const kills = new JobKills();
  const kill = begin(kills, 'agent');
  const atExit = kills.atExit();
  await kill.fail();
  assert.equal((await atExit).by, undefined);
});

test('a kill that failed after its first signal has ended the job', async () => {
  const kills = new JobKills();
  const kill = begin(kills, 'timeout');
  kill.send();
  await kill.fail();
  assert.deepEqual(await kills.atExit(), { by: 'timeout', survivors: undefined });
});

test('the survivors of a kill that was over before the exit are not known at the exit', async () => {
  const kills = new JobKills();
  const early = begin(kills, 'agent');
  await early.succeed([SURVIVOR]);
  assert.equal(kills.isPending, false);
  assert.deepEqual(await kills.atExit(), { by: 'agent', survivors: undefined });
  const [late, latest] = [begin(kills, 'agent'), begin(kills, 'person')];
  const atExit = kills.atExit();
  assert.equal(kills.isPending, true);
  await late.succeed();
  await latest.succeed([SURVIVOR]);
  assert.deepEqual(await atExit, { by: 'agent', survivors: [] });
});

test('a kill that comes after the exit has not ended the job', async () => {
  const kills = new JobKills();
  const atExit = kills.atExit();
  await begin(kills, 'agent').succeed();
  assert.deepEqual(await atExit, { by: undefined, survivors: undefined });
});
