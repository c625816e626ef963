import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { eventually } from '../support/runner.ts';

test('the runner is asked whether a job waits for input, but not while the job prints', async (t) => {
  const manager = openManager(t);
  const printing = await start(manager, 'while :; do echo line; done');
  const silent = await start(manager, 'read line');
  await eventually('it waits', async () => (await manager.input.waitsForInput(silent.id)) === 'line');
  const { mock } = t.mock.method(manager.jobs.linkOf(printing)!, 'inputState');
  assert.equal(await manager.input.waitsForInput(silent.id), 'line');
  assert.equal(mock.callCount(), 1);
  // A busy machine may let it rest for a while.
  await eventually('a look asks nobody', async () => {
    mock.resetCalls();
    assert.equal(await manager.input.waitsForInput(printing.id), undefined);
    return mock.callCount() === 0;
  });
});
