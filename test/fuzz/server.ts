// An endpoint in a separate process for the fuzzer: `node --expose-gc server.ts <storage folder>`. It sends its address,
// and its usage on request. It exits with its parent.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { JobManager } from '../../src/jobs/manager.ts';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { DIST } from '../support/mcp-session.ts';
import { openOwnEndpoint } from '../support/own-endpoint.ts';

/** What the process uses after a garbage collection. */
export interface Usage {
  /** Bytes. */
  readonly heap: number;
  readonly descriptors: number;
  /** Properties that every object has. A clean process has none. */
  readonly polluted: readonly string[];
}

const storage = process.argv[2] ?? '';
const manager = new JobManager({
  storage,
  runnerScript: join(DIST, 'runner.js'),
  policyScript: join(DIST, 'policy.js'),
  problemsScript: join(DIST, 'problems.js'),
  searchScript: join(DIST, 'search.js'),
  env: process.env,
  settings: () => ({ limits: DEFAULT_LIMITS, shell: '/bin/sh', cwd: storage }),
  endJobsWithManager: true,
});
// Short timeouts, so that slow clients reach them, and those that a busy machine holds up do not.
const endpoint = await openOwnEndpoint(manager, '0.0.0', {
  headMs: 6000,
  requestMs: 8000,
});
process.on('message', () => {
  globalThis.gc?.();
  const polluted = Object.keys(Object.prototype);
  for (const key in {}) polluted.push(key);
  const descriptors = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
  process.send?.({ heap: process.memoryUsage().heapUsed, descriptors, polluted } satisfies Usage);
});
process.on('disconnect', () => {
  void endpoint
    .close()
    .then(() => manager.dispose())
    .finally(() => process.exit());
});
const { socket, path, headers } = endpoint;
process.send?.({ socket, path, headers });
