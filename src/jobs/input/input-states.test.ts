import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { JobRecord } from '../../protocol/job-record.ts';
import type { KnownJobs } from '../records/known-jobs.ts';
import { InputStates } from './input-states.ts';

const running = {
  find: (id: string) => ({ id, status: 'running' }) as JobRecord,
  watch: () => () => undefined,
} as unknown as KnownJobs;

test('knows that a job waits after a look or a reading of its log has failed', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const tooMany = (): never => {
    throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
  };
  let [reads, looks] = [0, 0];
  const states = new InputStates({
    jobs: running,
    outputEnd: () => (++reads === 1 ? tooMany() : 0),
    look: async () => (++looks === 1 ? tooMany() : 'line'),
  });
  t.after(() => states.dispose());
  states.follow('a');
  for (let at = 0; at < 20_000 && states.of('a') === undefined; at += 100) {
    t.mock.timers.tick(100);
    await turn();
  }
  assert.equal(states.of('a'), 'line');
});

// Each look lists all processes of the system, and the runner shares a list among looks at the same time.
test('looks at silent jobs less and less often, and at all of them at the same time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const looks: { readonly id: string; readonly at: number }[] = [];
  let now = 17;
  const states = new InputStates(
    {
      jobs: running,
      outputEnd: () => 0,
      look: (id) => Promise.resolve(void looks.push({ id, at: now })),
    },
    () => now,
  );
  const until = async (end: number): Promise<void> => {
    for (; now < end; now += 10) {
      t.mock.timers.tick(10);
      await turn();
    }
  };
  for (const [id, at] of [
    ['a', 20],
    ['b', 1130],
    ['c', 2370],
  ] as const) {
    await until(at);
    states.follow(id);
  }
  await until(40_000);
  states.dispose();
  const late = looks.filter(({ at }) => at > 10_000);
  const times = [...new Set(late.map(({ at }) => Math.round(at / 1000)))];
  assert.deepEqual(times, [12, 16, 20, 24, 28, 32, 36]);
  assert.equal(late.length, 3 * times.length);
  assert.equal(new Set(late.map(({ at }) => at)).size, times.length);
});
