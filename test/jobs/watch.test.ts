import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SOON } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';

test('output does not wake a watcher that only wants changes of the job', async (t) => {
  const manager = openManager(t);
  const { job } = await manager.start({
    command: 'while read -r line; do echo "$line"; done',
    startedBy: { kind: 'agent' },
    stdin: 'open',
  });
  const woken = { byState: 0, byGrowth: 0 };
  manager.jobs.watch(job.id, () => woken.byState++, 'changes');
  manager.jobs.watch(job.id, () => woken.byGrowth++);
  for (const line of ['one', 'two', 'three']) {
    const { end } = manager.logs.range(job.id);
    await manager.input.write(job.id, `${line}\n`, false, 'agent');
    await manager.wait([{ id: job.id, cursor: end }], { until: 'output' }, SOON);
  }
  assert.equal(woken.byState, 0);
  assert.ok(woken.byGrowth >= 3);
  await manager.input.write(job.id, '', true, 'agent');
  await manager.wait([{ id: job.id, cursor: 0 }], { until: 'exit' }, SOON);
  assert.equal(woken.byState, 1);
});
