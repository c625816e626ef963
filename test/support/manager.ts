import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { JobManager } from '../../src/jobs/manager.ts';
import type { ManagerOptions } from '../../src/jobs/manager-options.ts';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { DIST, storageFolder } from './mcp-session.ts';
import { RUNNER_SCRIPT } from './runner.ts';
import { atEnd } from './scratch.ts';

/** Opens a job manager with a real runner. Closes it when the test ends. */
export function openManager(context: TestContext, change: Partial<ManagerOptions> = {}): JobManager {
  const manager = new JobManager({
    storage: change.storage ?? storageFolder(context),
    runnerScript: RUNNER_SCRIPT,
    searchScript: join(DIST, 'search.js'),
    policyScript: join(DIST, 'policy.js'),
    problemsScript: join(DIST, 'problems.js'),
    env: process.env,
    settings: () => ({ limits: DEFAULT_LIMITS, shell: '/bin/sh', cwd: process.cwd() }),
    endJobsWithManager: true,
    ...change,
  });
  atEnd(context, () => manager.dispose());
  return manager;
}
