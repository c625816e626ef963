import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { WakeUpPacer } from './wake-up-pacer.ts';

/** Time stands still but for sleeps and what the test adds. */
class FakeClock {
  time = 1000;
  slept = 0;

  now(): number {
    return this.time;
  }

  sleep(ms: number): void {
    this.slept += ms;
    this.time += ms;
  }
}

async function look(pacer: WakeUpPacer): Promise<void> {
  pacer.pace();
  await setImmediate();
}

test('spaces looks to one per 0.1 ms, after ten free ones', async () => {
  const clock = new FakeClock();
  const pacer = new WakeUpPacer(clock);
  for (let n = 0; n < 10; n++) await look(pacer);
  assert.ok(clock.slept < 0.01, `slept ${clock.slept} ms`);
  for (let n = 0; n < 50; n++) await look(pacer);
  assert.ok(Math.abs(clock.slept - 5) < 0.01, `slept ${clock.slept} ms`);
});

test('does not delay looks that are further apart', async () => {
  const clock = new FakeClock();
  const pacer = new WakeUpPacer(clock);
  for (let n = 0; n < 1000; n++) {
    await look(pacer);
    clock.time += 0.11;
  }
  assert.equal(clock.slept, 0);
});

test('counts one look for many jobs once', async () => {
  const clock = new FakeClock();
  const pacer = new WakeUpPacer(clock);
  for (let n = 0; n < 20; n++) {
    for (let job = 0; job < 10; job++) pacer.pace();
    await setImmediate();
    clock.time += 0.11;
  }
  assert.equal(clock.slept, 0);
});
