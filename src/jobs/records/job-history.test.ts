import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { makeSpec } from '../../../test/support/runner.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { Journal } from '../../protocol/journal.ts';
import { JobHistory } from './job-history.ts';
import { JobTable } from './job-table.ts';
import { DEFAULT_LIMITS } from './limits.ts';

const RUNNER = 'runner-1';

/** A running job as its runner stored it at its start, before it had a process. */
function atStart(): JobRecord {
  return { ...makeSpec('npm start', { name: 'old' }), status: 'running', startedAt: 1, runner: RUNNER };
}

/** The same job as its runner knows it now. */
function asItIs(job: JobRecord): JobRecord {
  return {
    ...job,
    ...{ name: 'new', pid: 7, pidStarted: '5', readySince: 2, unstoredBytes: 100 },
    terminalSize: { columns: 90, rows: 20 },
  };
}

function openHistory(t: TestContext, ...stored: JobRecord[]) {
  const storage = scratchFolder(t);
  const journal = new Journal(storage);
  for (const each of stored) journal.recordJob(each);
  const table = new JobTable();
  const history = new JobHistory(storage, table, () => DEFAULT_LIMITS, {
    onRemoved: () => undefined,
    onRenamed: () => undefined,
  });
  /** @param reported records that arrive from the runner while it is looked for */
  const load = (reported: readonly JobRecord[], { isConnected }: { isConnected: boolean }): Promise<void> => {
    const living = async (): Promise<ReadonlySet<string>> => {
      for (const each of reported) table.put(each);
      return new Set([RUNNER]);
    };
    return history.load(living, () => isConnected);
  };
  return { journal, table, load };
}

for (const status of ['running', 'queued'] as const) {
  test(`keeps what a connected runner reports of a ${status} job, although the journal has an older record`, async (t) => {
    const stored = { ...atStart(), status };
    const current = asItIs(stored);
    const { table, load } = openHistory(t, stored);
    await load([current], { isConnected: true });
    assert.deepEqual(table.find(stored.id), current);
  });
}

test('takes a running job from the journal if its runner is not connected or has not reported it', async (t) => {
  const [first, second] = [atStart(), atStart()];
  const { journal, table, load } = openHistory(t, first, second);
  await load([], { isConnected: true });
  assert.deepEqual(table.find(first.id), first);
  journal.recordJob(asItIs(first));
  await load([], { isConnected: false });
  assert.deepEqual([table.find(first.id), table.find(second.id)], [asItIs(first), second]);
});

test('takes the end of a job from the journal also while its runner is connected', async (t) => {
  const stored = atStart();
  const ended: JobRecord = {
    ...stored,
    status: 'completed',
    endedAt: Date.now(),
    outputEnd: 0,
    leftBehind: 0,
  };
  const { table, load } = openHistory(t, stored, ended);
  await load([stored], { isConnected: true });
  assert.equal(table.find(stored.id)?.status, 'completed');
});
