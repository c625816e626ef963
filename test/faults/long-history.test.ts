import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { start, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { repeats } from '../support/repeats.ts';
import { makeSpec } from '../support/runner.ts';

const JOBS = repeats(10_000, 2000);
/** Far above the need, and far below one per job. */
const FEW_CALLS = JOBS / 4;

// Promise: long-history
test(`with ${JOBS} finished jobs, a manager loads, lists and finds jobs without reading each folder`, async (t) => {
  const storage = storageFolder(t);
  const ids = writeHistory(storage);
  const limits = { ...DEFAULT_LIMITS, historyLimit: 100_000, historyDays: 3650 };
  const settings = () => ({ limits, shell: '/bin/sh', cwd: storage });
  const calls = countFileCalls(t);
  const manager = openManager(t, { storage, settings });
  await time(t, 'load', () => manager.jobs.ready());
  await time(t, 'load again', () => manager.jobs.ready());
  await time(t, 'list', () => assert.equal(manager.jobs.list().length, JOBS));
  await time(t, 'look up', () => {
    for (const id of ids.slice(0, 100)) assert.equal(manager.jobs.get(id).id, id);
  });
  assert.ok(calls() < FEW_CALLS, `${calls()} calls`);
  // The same holds for a job that starts and exits, when the history is trimmed.
  const before = calls();
  await time(t, 'a job', async () => untilEnd(manager, (await start(manager, 'true')).id));
  assert.ok(calls() - before < FEW_CALLS, `${calls() - before} calls`);
  assert.equal(manager.jobs.list().length, JOBS + 1);
});

/** As a killed runner leaves it: with one line for the start and one for the end of each job. */
function writeHistory(storage: string): string[] {
  const ids = Array.from({ length: JOBS }, () => randomUUID());
  const lines = ids.map((id, at) => {
    const times = {
      startedAt: Date.now() - (JOBS - at) * 1000,
      endedAt: Date.now() - (JOBS - at) * 1000 + 500,
    };
    const job = {
      ...makeSpec(`echo ${at}`),
      id,
      runner: 'r',
      startedAt: times.startedAt,
      status: 'running',
      pid: 1,
    };
    const ended = { ...job, ...times, status: 'completed', exitCode: 0, endedBy: 'itself', outputEnd: 5 };
    return [job, ended].map((each) => `\n${JSON.stringify({ v: 1, job: each })}\n`).join('');
  });
  fs.writeFileSync(join(storage, 'journal.jsonl'), lines.join(''));
  return ids;
}

/** Counts calls in this process that query files. */
function countFileCalls(t: TestContext): () => number {
  const names = ['openSync', 'statSync', 'readdirSync', 'readFileSync', 'rmSync', 'existsSync'] as const;
  const mocks = names.map((name) => t.mock.method(fs, name).mock);
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return () => mocks.reduce((sum, mock) => sum + mock.callCount(), 0);
}

/** Prints how long an action took. No test asserts it, since machines differ. */
async function time(t: TestContext, what: string, action: () => unknown): Promise<void> {
  const began = performance.now();
  await action();
  t.diagnostic(`${what}: ${(performance.now() - began).toFixed(1)} ms`);
}
