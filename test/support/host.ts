// A process like an extension host, for tests that kill it: `node host.ts <storage folder> <keep-alive seconds>`.
// It starts two jobs, opens the MCP endpoint, prints their addresses as a line of JSON, and keeps running.
import { join } from 'node:path';
import { JobManager } from '../../src/jobs/manager.ts';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { startReady } from './jobs.ts';
import { DIST } from './mcp-session.ts';
import { openOwnEndpoint } from './own-endpoint.ts';

const [, , storage = '', keepAliveSeconds = '0'] = process.argv;
const limits = { ...DEFAULT_LIMITS, keepAliveSeconds: Number(keepAliveSeconds) };
const manager = new JobManager({
  storage,
  runnerScript: join(DIST, 'runner.js'),
  searchScript: join(DIST, 'search.js'),
  policyScript: join(DIST, 'policy.js'),
  problemsScript: join(DIST, 'problems.js'),
  env: process.env,
  settings: () => ({ limits, shell: '/bin/sh', cwd: storage }),
  endJobsWithManager: false,
});
const { socket: endpoint } = await openOwnEndpoint(manager, '0.0.0');
const command = 'echo ready; while read line; do echo "got $line"; done';
const older = await startReady(manager, command);
const newer = await startReady(manager, command);
const [found] = await findRunners(storage, systemProcessTable());
const { pid: runner, socket: runnerSocket } = found!.address;
const jobs = [newer, older].map(({ id, pid }) => ({ id, pid }));
console.log(JSON.stringify({ endpoint, runner, runnerSocket, jobs }));
