import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { rawLog, runnerPid, start, startReady, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { isLong } from '../support/repeats.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { pidsIn, TREES } from '../support/trees.ts';

/** A kill of each is tested in test/runner/kill.test.ts. The last one keeps a whole core busy. */
const SHAPES = Object.values(TREES).slice(0, isLong ? undefined : -1);

interface Ends {
  /** Ends the jobs. Resolves when that is reported as done. */
  readonly end: (manager: JobManager, ids: readonly string[], storage: string) => Promise<unknown>;
  readonly timeoutSeconds?: number;
  readonly status?: 'killed' | 'lost';
}

const ENDS: Readonly<Record<string, Ends>> = {
  'a timeout': {
    timeoutSeconds: 1.5,
    end: (manager, ids) => Promise.all(ids.map((id) => untilEnd(manager, id))),
  },
  'a restart': {
    end: async (manager, ids) => {
      const restarted = await Promise.all(ids.map((id) => manager.restart(id, { kind: 'agent' })));
      await Promise.all(restarted.map(({ job: { id } }) => manager.kill(id, 'agent', { graceMs: 0 })));
    },
  },
  'the shutdown of the runner': {
    end: async (manager, ids, storage) => {
      process.kill(await runnerPid(storage), 'SIGTERM');
      await Promise.all(ids.map((id) => untilEnd(manager, id)));
    },
  },
  'the death of the runner': {
    status: 'lost',
    end: async (manager, ids, storage) => {
      process.kill(await runnerPid(storage), 'SIGKILL');
      await Promise.all(ids.map((id) => untilEnd(manager, id)));
    },
  },
};

describe('trees of every shape', { concurrency: true }, () => {
  for (const [name, { end, timeoutSeconds, status = 'killed' }] of Object.entries(ENDS)) {
    // Promise: end-any-tree
    test(`${name} ends trees of every shape`, async (t) => {
      const storage = storageFolder(t);
      const limits = { ...DEFAULT_LIMITS, maxConcurrentJobs: 100 };
      const manager = openManager(t, {
        storage,
        settings: () => ({ limits, shell: '/bin/sh', cwd: storage }),
      });
      const jobs = await Promise.all(
        SHAPES.map((command) => {
          // On a slow machine the timeout may come before they are ready.
          return timeoutSeconds === undefined
            ? startReady(manager, command)
            : start(manager, command, { timeoutSeconds });
        }),
      );
      await end(
        manager,
        jobs.map(({ id }) => id),
        storage,
      );
      for (const { id } of jobs) {
        assert.equal(manager.jobs.get(id).status, status);
        const pids = pidsIn(rawLog(manager, id).toString());
        assert.ok(pids.length > 0 || timeoutSeconds !== undefined);
        assert.deepEqual(pids.filter(isAlive), []);
      }
    });
  }

  // Promise: end-any-tree
  test('the end of the keep-alive time ends trees of every shape', async (t) => {
    const storage = storageFolder(t);
    const limits = { ...DEFAULT_LIMITS, keepAliveSeconds: 0 };
    const settings = () => ({ limits, shell: '/bin/sh', cwd: storage });
    const manager = openManager(t, { storage, settings, endJobsWithManager: false });
    const jobs = await Promise.all(SHAPES.map((command) => startReady(manager, command)));
    const runner = await runnerPid(storage);
    await manager.dispose();
    await eventually('the runner ends', () => !isAlive(runner));
    const later = openManager(t, { storage });
    await later.jobs.ready();
    for (const { id } of jobs) {
      assert.equal(later.jobs.get(id).status, 'killed');
      assert.deepEqual(pidsIn(rawLog(later, id).toString()).filter(isAlive), []);
    }
  });
});
