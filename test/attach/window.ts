import type { TestContext } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import type { ManagerOptions } from '../../src/jobs/manager-options.ts';
import { windowsFolder } from '../../src/mcp/attach/attach-paths.ts';
import { listen } from '../../src/mcp/attach/window-listener.ts';
import { type Endpoint, openEndpoint } from '../../src/mcp/transports/http-endpoint.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { PrivateServer } from '../../src/sockets/private-server.ts';
import { openManager } from '../support/manager.ts';
import { atEnd } from '../support/scratch.ts';

/** The parts of the extension that attached clients use. */
export interface TestWindow {
  readonly manager: JobManager;
  /** Whether its MCP endpoint was opened. */
  readonly isOpen: () => boolean;
  /** Closes like a window that reloads. Its jobs continue. */
  readonly close: () => Promise<void>;
}

export async function openWindow(
  t: TestContext,
  storage: string,
  change: Partial<ManagerOptions> = {},
): Promise<TestWindow> {
  const manager = openManager(t, { storage, endJobsWithManager: false, ...change });
  let endpoint: Endpoint | undefined;
  const server = await PrivateServer.open();
  const listener = await listen(
    server,
    windowsFolder(storage),
    async () => (endpoint ??= openEndpoint(server, manager, '1.2.3')),
  );
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    listener.close();
    await endpoint?.close();
    server.close();
    await manager.dispose();
  };
  atEnd(t, close);
  return { manager, isOpen: () => endpoint !== undefined, close };
}

/** Resolves with the next job of which something is reported. Of the one that runs, something may still be reported, too. */
export function untilAnotherStarts({ jobs }: JobManager, running: string): Promise<JobRecord> {
  return new Promise((resolve) => {
    // Several changes may be reported in one turn of the event loop.
    const take = (job: JobRecord): void => {
      if (job.id === running) return;
      jobs.off('changed', take);
      resolve(job);
    };
    jobs.on('changed', take);
  });
}
