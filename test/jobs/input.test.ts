import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { test } from 'node:test';
import { segmentPath } from '../../src/log/store/log-segments.ts';
import { start } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { eventually } from '../support/runner.ts';

test('the runner is not asked whether a job waits for input while it prints', async (t) => {
  const manager = openManager(t);
  const { id } = await start(manager, 'while :; do echo line; done');
  const { mock } = t.mock.method(manager.jobs.linkOf(manager.jobs.get(id))!, 'inputState');
  // A busy machine may not let it print for a while.
  await eventually('most looks do not ask the runner', async () => {
    mock.resetCalls();
    for (let look = 0; look < 20; look++) assert.equal(await manager.input.waitsForInput(id), undefined);
    return mock.callCount() < 10;
  });
});

test('the runner is asked about a silent job, also if its log seems to be of the future', async (t) => {
  const manager = openManager(t);
  const { id } = await start(manager, 'printf "Name? "; read name');
  await eventually('it waits', async () => (await manager.input.waitsForInput(id)) === 'line');
  const future = Date.now() / 1000 + 60;
  utimesSync(segmentPath(manager.logs.folder(id), 0), future, future);
  assert.equal(await manager.input.waitsForInput(id), 'line');
});
