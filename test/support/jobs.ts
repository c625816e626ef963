import assert from 'node:assert/strict';
import type { JobManager } from '../../src/jobs/manager.ts';
import type { StartRequest } from '../../src/jobs/start/start-request.ts';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';

/** Timeout, in ms, for events that must happen. */
export const SOON = 120_000;

/** Starts a job. It may be one that failed to start. */
export async function start(
  manager: JobManager,
  command: string,
  request: Partial<StartRequest> = {},
): Promise<JobRecord> {
  return (await manager.start({ startedBy: { kind: 'agent' }, ...request, command })).job;
}

/** Starts a job and waits until it has printed a line with "ready". */
export async function startReady(
  manager: JobManager,
  command: string,
  request: Partial<StartRequest> = {},
): Promise<JobRecord> {
  const job = await start(manager, command, request);
  await untilPrinted(manager, job.id, 'ready');
  return job;
}

export async function untilPrinted(manager: JobManager, id: string, pattern: string): Promise<void> {
  const wanted = new RegExp(pattern, 'm');
  for (;;) {
    const log = rawLog(manager, id);
    if (wanted.test(log.toString())) return;
    const cursor = manager.logs.range(id).start + log.length;
    const { reason } = await manager.wait([{ id, cursor }], { until: 'output' }, SOON);
    if (reason !== 'output') assert.fail(`${reason}, no ${pattern}: ${rawLog(manager, id).toString()}`);
  }
}

/** Waits until a job has exited. */
export async function untilEnd(manager: JobManager, id: string, timeoutMs = SOON): Promise<JobRecord> {
  const { reason } = await manager.wait([{ id, cursor: 0 }], { until: 'exit' }, timeoutMs);
  assert.equal(reason, 'exit');
  return manager.jobs.get(id);
}

/** Reads all bytes of a log that are kept, up to its current end. */
export function rawLog(manager: JobManager, id: string): Buffer {
  const { end } = manager.logs.range(id);
  const parts: Buffer[] = [];
  for (let cursor = 0; cursor < end;) {
    const page = manager.logs.readRaw(id, { cursor, maxBytes: 1024 * 1024 });
    if (page.next === cursor) break;
    parts.push(page.bytes);
    cursor = page.next;
  }
  return Buffer.concat(parts);
}

/** Returns the process id of the only runner of a storage folder. */
export async function runnerPid(storage: string): Promise<number> {
  const found = await findRunners(storage, systemProcessTable());
  assert.equal(found.length, 1);
  return found[0]!.address.pid;
}
