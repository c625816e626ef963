/* eslint-disable @typescript-eslint/no-deprecated -- see mcp-server.ts */
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ReadResourceRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobCards } from '../card/job-cards.ts';
import { CompletionRequestSchema } from '../shared/completion-request.ts';
import { requireFirstPage } from '../shared/list-cursor.ts';
import { handleRequests } from '../shared/request-handler.ts';
import { completeReference, findResource, listResources, readResource, TEMPLATES } from './job-resources.ts';
import type { ResourceUpdates } from './resource-updates.ts';

/** Offers each job as two resources that a client can read and subscribe to: its record and its log. */
export function serveResources(
  server: Server,
  manager: JobManager,
  updates: ResourceUpdates,
  cards: () => JobCards | undefined,
): void {
  handleRequests(server, ListResourceTemplatesRequestSchema, (params) => {
    requireFirstPage(params?.cursor);
    return { resourceTemplates: TEMPLATES };
  });
  handleRequests(server, ListResourcesRequestSchema, (params) => listResources(manager, params?.cursor));
  handleRequests(
    server,
    ReadResourceRequestSchema,
    async ({ uri }) => (await cards()?.read(uri)) ?? readResource(manager, uri),
  );
  handleRequests(server, SubscribeRequestSchema, async ({ uri }) => {
    updates.subscribe(uri, await findResource(manager, uri));
    return {};
  });
  handleRequests(server, UnsubscribeRequestSchema, ({ uri }) => {
    updates.unsubscribe(uri);
    return {};
  });
  handleRequests(server, CompletionRequestSchema, ({ argument }) =>
    completeReference(manager, argument.value),
  );
}
