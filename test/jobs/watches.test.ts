import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import type { WatchEvent } from '../../src/jobs/watch/watch-events.ts';
import { start, untilEnd, untilPrinted } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { eventually } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

/** Collects what is reported of jobs. */
function listen(manager: JobManager): WatchEvent[] {
  const heard: WatchEvent[] = [];
  manager.watches.on('event', (event) => heard.push(event));
  return heard;
}

function open(t: TestContext) {
  const manager = openManager(t);
  const go = join(scratchFolder(t), 'go');
  return {
    ...{ manager, heard: listen(manager), untilGo: `until [ -e ${go} ]; do sleep 0.02; done` },
    go: () => writeFileSync(go, ''),
  };
}

test('reports that a job is ready and has ended, each once', async (t) => {
  const { manager, heard, untilGo, go } = open(t);
  const ready = { until: 'pattern', pattern: '^up$' } as const;
  const { id } = await start(manager, `echo up; ${untilGo}; exit 3`, { ready, notify: ['ready', 'exit'] });
  await eventually('it is ready', () => heard.length > 0);
  assert.deepEqual(
    manager.watches.unseenOf(id).map(({ on }) => on),
    ['ready'],
  );
  go();
  await untilEnd(manager, id);
  await eventually('its end is reported', () => heard.length === 2);
  assert.deepEqual(
    heard.map(({ on }) => on),
    ['ready', 'exit'],
  );
});

test('reports no job that is not watched, and no end that was requested', async (t) => {
  const { manager, heard } = open(t);
  const plain = await start(manager, 'exit 1');
  const killed = await start(manager, 'exec sleep 100', { notify: ['exit'] });
  await manager.kill(killed.id, 'agent');
  await untilEnd(manager, plain.id);
  const last = await start(manager, 'true', { notify: ['exit'] });
  await eventually('the last end is reported', () => heard.length > 0);
  assert.deepEqual(
    heard.map(({ id }) => id),
    [last.id],
  );
});

test('reports lines that match, and counts further ones until they were seen', async (t) => {
  const { manager, heard } = open(t);
  const { id } = await start(manager, 'while read -r line; do echo "$line"; done', {
    notify: ['match:^error'],
  });
  await manager.input.write(id, 'fine\nerror 1\n', false, 'person');
  await eventually('a line is reported', () => heard.length === 1);
  await manager.input.write(id, 'error 2\nerror 3\n', false, 'person');
  await eventually('all are counted', () => manager.watches.unseenOf(id)[0]?.count === 3);
  const [event] = manager.watches.unseenOf(id);
  assert.equal(event?.line, 'error 3');
  assert.equal(heard.length, 1);
  manager.watches.seen(id);
  assert.deepEqual(manager.watches.unseenOf(id), []);
  await manager.input.write(id, 'error 4\n', false, 'person');
  await eventually('the next line is reported', () => heard.length === 2);
  assert.deepEqual([heard[1]?.line, heard[1]?.count], ['error 4', 1]);
});

test('reports a last line that matches although the job has ended', async (t) => {
  const { manager, heard } = open(t);
  for (let run = 0; run < 5; run++)
    await start(manager, `printf 'fatal ${run}'`, { notify: ['match:fatal'] });
  await eventually('all are reported', () => heard.length === 5);
});

test('reports that a job waits for input, and forgets it with the answer', async (t) => {
  const { manager, heard } = open(t);
  const { id } = await start(manager, 'echo begin; read -r x; echo "got $x"; read -r y', {
    notify: ['input'],
  });
  await eventually('it waits', () => heard.length === 1);
  assert.equal(heard[0]?.on, 'input');
  await manager.input.write(id, 'a\n', false, 'person');
  assert.deepEqual(manager.watches.unseenOf(id), []);
  await untilPrinted(manager, id, 'got a');
  await eventually('it waits again', () => heard.length === 2);
});

test('a person watches a running job, and stops', async (t) => {
  const { manager, heard, untilGo, go } = open(t);
  const first = await start(manager, `${untilGo}; echo old; exit 1`);
  const second = await start(manager, `${untilGo}; exit 1`, { notify: ['exit'] });
  manager.watches.watch(first.id, ['exit', 'match:old']);
  manager.watches.watch(second.id, []);
  go();
  await untilEnd(manager, second.id);
  await eventually('both events of the first are reported', () => heard.length === 2);
  assert.deepEqual(new Set(heard.map(({ id }) => id)), new Set([first.id]));
});

test('a restarted job is watched like the first', async (t) => {
  const { manager, heard } = open(t);
  const job = await start(manager, 'exec sleep 100');
  manager.watches.watch(job.id, ['match:again']);
  const asked = await start(manager, 'exec sleep 100', { notify: ['exit'] });
  const { job: restarted } = await manager.restart(job.id, { kind: 'person' });
  assert.deepEqual(manager.watches.eventsOf(restarted), ['match:again']);
  assert.deepEqual((await manager.restart(asked.id, { kind: 'person' })).job.notify, ['exit']);
  assert.deepEqual(heard, []);
});

test('a pattern that takes forever, and a job that is removed, disturb nothing', async (t) => {
  const { manager, heard } = open(t);
  const slow = await start(manager, `printf '%040d!' 0; exec sleep 100`, { notify: ['match:(0+)+$'] });
  const gone = await start(manager, 'true', { notify: ['match:x'] });
  await untilEnd(manager, gone.id);
  await manager.jobs.removeFinished(gone.id);
  const last = await start(manager, 'echo found', { notify: ['match:found'] });
  await eventually('the other job is reported', () => heard.length === 1);
  assert.equal(heard[0]?.id, last.id);
  await manager.kill(slow.id, 'agent');
});
