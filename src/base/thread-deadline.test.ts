import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { again } from '../../test/support/again.ts';
import { atEnd } from '../../test/support/scratch.ts';
import { ThreadDeadline } from './thread-deadline.ts';

const AFTER_MS = 200;

/** Resolves when the deadline has passed, with the time in ms that this process had a processor until then. */
function passed(afterMs: number): Promise<number> {
  const before = process.cpuUsage();
  return new Promise((resolve) => {
    new ThreadDeadline(afterMs, () => {
      const { user, system } = process.cpuUsage(before);
      resolve((user + system) / 1000);
    });
  });
}

test('passes when a thread computes without progress', async (t) => {
  const worker = new Worker('for (;;);', { eval: true });
  atEnd(t, () => worker.terminate());
  await once(worker, 'online');
  // A busy machine may not let it run for long enough.
  await again(async () => {
    assert.ok((await passed(AFTER_MS)) >= AFTER_MS / 2);
  });
});

test('passes much later if no thread could run', async () => {
  const began = performance.now();
  const ranFor = await passed(AFTER_MS);
  // The test runner may use a processor at the same time.
  assert.ok(ranFor >= AFTER_MS / 2 || performance.now() - began >= AFTER_MS * 5);
});

test('begins again with each sign of progress, and ends', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let stuck = 0;
  const deadline = new ThreadDeadline(AFTER_MS, () => stuck++);
  for (let count = 0; count < 100; count++) {
    t.mock.timers.tick(AFTER_MS - 1);
    deadline.refresh(AFTER_MS);
  }
  deadline.clear();
  t.mock.timers.tick(AFTER_MS * 100);
  assert.equal(stuck, 0);
});
