import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { JobManager } from '../../src/jobs/manager.ts';
import { JobActivity } from '../../src/jobs/records/job-activity.ts';
import type { Stream } from '../../src/log/store/log-segments.ts';
import type { McpSession } from '../support/mcp-session.ts';
import { eventually } from '../support/runner.ts';

/** How a client reads. */
export interface Reading {
  readonly format: 'text' | 'raw';
  readonly stream: 'both' | Stream;
  readonly maxBytes: number;
}

/** A client that reads the whole log of a job while it grows, page by page. */
export type LogClient = (id: string, reading: Reading) => Promise<Buffer>;

export function managerClient(manager: JobManager): LogClient {
  return async (id, { format, stream, maxBytes }) => {
    await manager.jobs.ready();
    while (!manager.jobs.list().some((job) => job.id === id)) await once(manager.jobs, 'changed');
    const growth = new JobActivity(manager.jobs, id);
    const parts: Buffer[] = [];
    try {
      for (let cursor = 0; ;) {
        const { version } = growth;
        const hasEnded = manager.jobs.get(id).status !== 'running';
        const request = { cursor, maxBytes, stream: stream === 'both' ? undefined : stream };
        const page =
          format === 'raw' ? manager.logs.readRaw(id, request) : textPage(manager.logs.readText(id, request));
        parts.push(page.bytes);
        if (page.next === cursor && hasEnded) return Buffer.concat(parts);
        // Lets notifications about growth arrive.
        if (page.next > cursor) await setImmediate();
        else await growth.since(version, new AbortController().signal);
        cursor = page.next;
      }
    } finally {
      growth.dispose();
    }
  };
}

function textPage({ next, text }: { readonly next: number; readonly text: string }) {
  return { next, bytes: Buffer.from(text) };
}

export function sessionClient(session: McpSession): LogClient {
  return async (job_id, { format, stream, maxBytes }) => {
    // MCP clients are not notified of jobs that others start.
    await eventually('it is known', async () => !(await session.call('status', { job_id })).isError);
    const parts: Buffer[] = [];
    for (let cursor = 0; ;) {
      const { facts, log, text, isError } = await session.call('output', {
        ...{ job_id, cursor, format, stream, max_bytes: maxBytes },
      });
      if (isError) throw new Error(text);
      parts.push(Buffer.from(log, facts.encoding === 'base64' ? 'base64' : 'utf8'));
      const next = Number(facts.next_cursor);
      if (next === cursor) {
        if (facts.status !== 'running') return Buffer.concat(parts);
        // Wait from the end of the log, since the rest may be an incomplete character.
        const since = next + Number(facts.left);
        await session.call('wait', { job_id, cursor: since, until: 'output', wait_s: 45 });
      }
      cursor = next;
    }
  };
}
