import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import type { StartRequest } from '../../src/jobs/start/start-request.ts';
import { runnerPid, startReady, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive } from '../support/runner.ts';

/**
 * Takes longer to shut down than the default grace of 2 s. It does not write to its pipes then: without a runner that
 * reads them, the message of the shell about the end of `sleep` would end the shell by SIGPIPE.
 */
const SLOW =
  `trap 'sleep 2.5; mkdir saved; exit 7' TERM; sleep 100 & echo ready; exec > /dev/null 2>&1; ` +
  'while :; do wait; done';

interface Ends {
  readonly request?: Partial<StartRequest>;
  readonly end: (manager: JobManager, id: string, storage: string) => unknown;
}

const ENDS: Readonly<Record<string, Ends>> = {
  'a kill': { end: (manager, id) => manager.kill(id, 'agent') },
  'a restart': {
    end: async (manager, id) => {
      const { job } = await manager.restart(id, { kind: 'agent' });
      assert.equal(job.graceMs, manager.jobs.get(id).graceMs);
      await manager.kill(job.id, 'agent', { graceMs: 0 });
    },
  },
  // Long enough for the shell to be ready on a busy machine.
  'a timeout': { request: { timeoutSeconds: 10 }, end: (manager, id) => untilEnd(manager, id) },
  'the end of the client': {
    end: async (manager, _id, storage) => {
      const runner = await runnerPid(storage);
      await manager.dispose();
      await eventually('the runner is gone', () => !isAlive(runner));
    },
  },
  'the death of the runner': {
    end: async (manager, id, storage) => {
      process.kill(await runnerPid(storage), 'SIGKILL');
      await untilEnd(manager, id);
    },
  },
};

const GRACES: Readonly<Record<string, { graceSeconds: number; request: Partial<StartRequest> }>> = {
  'the setting': { graceSeconds: 20, request: {} },
  'the request': { graceSeconds: 0, request: { graceSeconds: 20 } },
};

describe('grace', { concurrency: true }, () => {
  for (const [end, { request: more = {}, end: bringAbout }] of Object.entries(ENDS)) {
    for (const [source, { graceSeconds, request }] of Object.entries(GRACES)) {
      test(`${end} leaves a job the time of ${source} to shut down`, async (t) => {
        const storage = storageFolder(t);
        const limits = { ...DEFAULT_LIMITS, graceSeconds };
        const manager = openManager(t, {
          storage,
          settings: () => ({ limits, shell: '/bin/sh', cwd: storage }),
        });
        const { id } = await startReady(manager, SLOW, { ...request, ...more });
        await bringAbout(manager, id, storage);
        assert.equal(existsSync(join(storage, 'saved')), true);
      });
    }
  }
});
