import type { RequestId } from '@modelcontextprotocol/sdk/types.js';
import { McpError } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { JobManager } from '../../jobs/manager.ts';
import { findResource, type JobResource } from '../resources/job-resources.ts';
import { MAX_SUBSCRIPTIONS, ResourceUpdates } from '../resources/resource-updates.ts';
import { META } from './request-meta.ts';

/** Schema of a request that opens a stream of changes (MCP 2026-07-28, Subscriptions). */
export const ListenRequestSchema = z.object({
  method: z.literal('subscriptions/listen'),
  params: z.object({
    notifications: z.object({
      toolsListChanged: z.boolean().optional(),
      promptsListChanged: z.boolean().optional(),
      resourcesListChanged: z.boolean().optional(),
      resourceSubscriptions: z
        .array(z.string())
        .max(MAX_SUBSCRIPTIONS, `Too big: expected at most ${MAX_SUBSCRIPTIONS} resources`)
        .optional(),
    }),
  }),
});

type Filter = z.output<typeof ListenRequestSchema>['params']['notifications'];

export interface ChangeStream {
  /** The id of the request that opened the stream. */
  readonly id: RequestId;
  /** Aborts when the client closes the stream, or when the server ends. */
  readonly signal: AbortSignal;
  readonly notify: (method: string, params: Record<string, unknown>) => Promise<unknown>;
}

/**
 * Sends the changes that a client asked for, until the stream closes. The first message names the kinds that it will get:
 * lists of tools and prompts never change here, and a resource may be gone. If none is left, the stream ends at once.
 */
export async function sendChanges(filter: Filter, stream: ChangeStream, manager: JobManager): Promise<void> {
  const { id, signal } = stream;
  const notify = (method: string, params: Record<string, unknown>): Promise<unknown> =>
    signal.aborted
      ? Promise.resolve()
      : stream.notify(method, { ...params, _meta: { [META.subscription]: id } });
  const found = await findResources(manager, filter.resourceSubscriptions ?? []);
  const updates = new ResourceUpdates(
    {
      updated: (uri) => notify('notifications/resources/updated', { uri }),
      listChanged: () => notify('notifications/resources/list_changed', {}),
    },
    manager,
  );
  try {
    // Changes from here on are reported, but none before the first message, which is sent in the same turn.
    for (const [uri, resource] of found) updates.subscribe(uri, resource);
    const isListWanted = filter.resourcesListChanged === true;
    if (isListWanted) updates.start();
    const notifications = {
      ...(isListWanted && { resourcesListChanged: true }),
      ...(found.size > 0 && { resourceSubscriptions: [...found.keys()] }),
    };
    await notify('notifications/subscriptions/acknowledged', { notifications });
    if (Object.keys(notifications).length > 0) await untilAborted(signal);
  } finally {
    updates.dispose();
  }
}

async function findResources(
  manager: JobManager,
  uris: readonly string[],
): Promise<ReadonlyMap<string, JobResource>> {
  const found = new Map<string, JobResource>();
  for (const uri of uris) {
    try {
      found.set(uri, await findResource(manager, uri));
    } catch (error) {
      // The first message omits it, which is how the client learns that there is no such resource.
      if (!(error instanceof McpError)) throw error;
    }
  }
  return found;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
