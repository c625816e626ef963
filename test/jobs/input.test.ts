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

test('a job of which one process reads waits, whatever another one prints, until it gets its input', async (t) => {
  const manager = openManager(t);
  const { id } = await start(
    manager,
    '(while :; do echo tick; sleep 0.01; done) & read name; read name; wait',
  );
  const look = async () => {
    const end = manager.logs.endOf(id);
    await eventually('it prints', () => manager.logs.endOf(id) > end);
    return manager.input.waitsForInput(id, { whilePrinting: true });
  };
  // A busy machine may not let it read for a while.
  const untilAllSay = (input: 'line' | undefined) =>
    eventually(`each look says ${input}`, async () => {
      for (let count = 0; count < 10; count++) if ((await look()) !== input) return false;
      return true;
    });
  await untilAllSay('line');
  await manager.input.write(id, 'first\n', false);
  await untilAllSay('line');
  await manager.input.write(id, 'second\n', false);
  await untilAllSay(undefined);
});

test('a job that only prints does not wait', async (t) => {
  const manager = openManager(t);
  const { id } = await start(manager, 'while :; do echo line; done');
  for (let count = 0; count < 20; count++)
    assert.equal(await manager.input.waitsForInput(id, { whilePrinting: true }), undefined);
});

test('the runner is asked about a silent job, also if its log seems to be of the future', async (t) => {
  const manager = openManager(t);
  const { id } = await start(manager, 'printf "Name? "; read name');
  await eventually('it waits', async () => (await manager.input.waitsForInput(id)) === 'line');
  const future = Date.now() / 1000 + 60;
  utimesSync(segmentPath(manager.logs.folder(id), 0), future, future);
  assert.equal(await manager.input.waitsForInput(id), 'line');
});
