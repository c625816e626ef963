import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { launchRunner } from '../../src/jobs/runners/runner-launch.ts';
import { type LinkOptions, RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { isFinished, type JobRecord, type JobSpec } from '../../src/protocol/job-record.ts';
import { findRunners, type RunnerAddress } from '../../src/protocol/runner-address.ts';
import { DIST } from './mcp-session.ts';
import { atEnd, scratchFolder } from './scratch.ts';

export const RUNNER_SCRIPT = join(DIST, 'runner.js');
const SEARCH_SCRIPT = join(DIST, 'search.js');

/** A real, detached runner process with its own storage folder. It is stopped when the test ends. */
export interface TestRunner {
  readonly storage: string;
  readonly address: () => Promise<RunnerAddress>;
  /** Connects a new client. */
  readonly connect: (options?: Partial<LinkOptions>) => Promise<RunnerLink>;
}

export async function startRunner(context: TestContext): Promise<TestRunner> {
  const storage = scratchFolder(context);
  await launchRunner(RUNNER_SCRIPT, storage, process.env);
  const address = async (): Promise<RunnerAddress> => {
    const [found] = await findRunners(storage, systemProcessTable());
    if (found === undefined) throw new Error('There is no runner.');
    return found.address;
  };
  const { pid } = await address();
  atEnd(context, () => endProcess(pid));
  const connect = async (options: Partial<LinkOptions> = {}): Promise<RunnerLink> => {
    const env = process.env as Record<string, string>;
    const defaults = {
      keepAliveMs: 0,
      endJobsWithClient: false,
      maxRunning: 100,
      searchScript: SEARCH_SCRIPT,
    };
    return RunnerLink.connect(await address(), { ...defaults, env, ...options });
  };
  return { storage, address, connect };
}

export function makeSpec(command: string, change: Partial<JobSpec> = {}): JobSpec {
  return {
    id: randomUUID(),
    command,
    cwd: process.cwd(),
    shell: '/bin/sh',
    env: {},
    stdin: 'open',
    mergeStderr: false,
    maxOutputSize: 1024 * 1024,
    startedBy: { kind: 'agent' },
    ...change,
  };
}

/** Starts a job that must not be refused. */
export async function startJob(link: RunnerLink, spec: JobSpec): Promise<JobRecord> {
  const result = await link.start({ spec, mayQueue: false });
  if ('refused' in result) throw new Error(`refused: ${result.refused}`);
  return result.job;
}

/** Resolves with the record of a job when it exits. Call it before the job can exit. */
export function untilEnded(link: RunnerLink, id: string): Promise<JobRecord> {
  return new Promise((resolve) => {
    // Several changes may be reported in one turn of the event loop.
    const take = (job: JobRecord): void => {
      if (job.id !== id || !isFinished(job)) return;
      link.off('changed', take);
      resolve(job);
    };
    link.on('changed', take);
  });
}

/** Returns true if a process is alive. A zombie is not, once all its threads have ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    // There is no such process.
    return false;
  }
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return !/^State:\s+[ZX]/m.test(status) || /^Threads:\s+(?![01]$)\d/m.test(status);
  } catch {
    // Only Linux has /proc. There the process is gone.
    return process.platform !== 'linux';
  }
}

/** How long a change that must happen may take, in ms, on a busy machine. */
const PATIENCE_MS = 60_000;

/** Polls until the condition is true. For changes without an event, such as the exit of a process that is not a child. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`This did not happen within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Ends a process that is not a child, and waits until it is gone. */
export async function endProcess(pid: number): Promise<void> {
  if (isAlive(pid)) process.kill(pid, 'SIGTERM');
  await eventually(`process ${pid} ends`, () => !isAlive(pid));
}
