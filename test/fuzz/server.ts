// An endpoint in a process of its own, for the fuzzer: `node --expose-gc server.ts <storage folder>`. It tells its address,
// and whenever it is asked what it uses; it ends with its parent.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '../../src/jobs/limits.ts';
import { JobManager } from '../../src/jobs/manager.ts';
import { openEndpoint } from '../../src/mcp/transports/http-endpoint.ts';
import { DIST } from '../support/mcp-session.ts';

/** What the process uses, after its garbage was collected. */
export interface Usage {
  /** Bytes. */
  readonly heap: number;
  readonly descriptors: number;
  /** What every object has by then; a clean process has nothing. */
  readonly polluted: readonly string[];
}

const storage = process.argv[2] ?? '';
const manager = new JobManager({
  storage,
  runnerScript: join(DIST, 'runner.js'),
  policyScript: join(DIST, 'policy.js'),
  searchScript: join(DIST, 'search.js'),
  env: process.env,
  settings: () => ({ limits: DEFAULT_LIMITS, shell: '/bin/sh', cwd: storage }),
  endJobsWithManager: true,
});
// Short enough that those of slow clients run out.
const endpoint = await openEndpoint(manager, '0.0.0', {
  headMs: 1000,
  requestMs: 3000,
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
