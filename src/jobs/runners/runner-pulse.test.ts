import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunnerPulse, SilenceError } from './runner-pulse.ts';

const TICK_MS = 1000;
const MANY_TICKS = 100;

test('waits for an answer as long as pings are answered', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let pings = 0;
  const pulse = new RunnerPulse(async () => {
    pings++;
    pulse.beat();
  }, TICK_MS);
  let answer: (text: string) => void = () => undefined;
  const waiting = pulse.until(new Promise<string>((resolve) => (answer = resolve)));
  for (let each = 0; each < MANY_TICKS; each++) t.mock.timers.tick(TICK_MS);
  assert.equal(pings, MANY_TICKS);
  answer('done');
  assert.equal(await waiting, 'done');
  t.mock.timers.tick(TICK_MS);
  assert.equal(pings, MANY_TICKS, 'sends no ping while nothing is awaited');
});

test('gives up all requests if nothing arrives, and waits for the next ones as before once something does', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let pings = 0;
  const pulse = new RunnerPulse(async () => {
    pings++;
  }, TICK_MS);
  const never = new Promise<never>(() => undefined);
  const waiting = Promise.allSettled([pulse.until(never), pulse.until(never)]);
  for (let each = 0; each < MANY_TICKS; each++) t.mock.timers.tick(TICK_MS);
  for (const result of await waiting) {
    assert.ok(result.status === 'rejected' && result.reason instanceof SilenceError);
  }
  assert.equal(pings, 1);
  assert.equal(pulse.isSilent, true);
  await assert.rejects(pulse.until(never), SilenceError);

  pulse.beat();
  assert.equal(pulse.isSilent, false);
  const answered = pulse.until(Promise.resolve('done'));
  t.mock.timers.tick(TICK_MS);
  assert.equal(await answered, 'done');
});

test('a runner that gives no sign of life soon is late until it sends something', async () => {
  let answer: () => void = () => undefined;
  const pulse = new RunnerPulse(() => new Promise<void>((resolve) => (answer = resolve)));
  const asked = pulse.isResponsive();
  answer();
  assert.equal(await asked, true);
  assert.equal(await pulse.isResponsive({ timeoutMs: 20 }), false);
  assert.deepEqual([pulse.isLate, pulse.isSilent], [true, false]);
  assert.equal(await pulse.isResponsive(), false, 'does not wait again');

  pulse.beat();
  assert.equal(pulse.isLate, false);
  assert.equal(await pulse.isResponsive({ timeoutMs: 0, recentMs: 60_000 }), true, 'it was just heard');
  const again = pulse.isResponsive();
  answer();
  assert.equal(await again, true);
});
