/* eslint-disable @typescript-eslint/no-deprecated -- McpServer words validation errors itself and knows only listed tools. */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { ListToolsRequestSchema, SetLevelRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { JobManager } from '../../jobs/manager.ts';
import { listedTools } from './tool-registry.ts';
import { callTool } from './tool-call.ts';
import { ToolCallRequestSchema } from './tool-call-request.ts';
import type { CompatName } from '../compat/compat-names.ts';
import { DEFINITIONS, definitionsOf } from './tool-definitions.ts';
import { LogNotices } from './log-notifications.ts';
import type { ResendGuard } from './resend-guard.ts';
import { ResourceUpdates } from '../resources/resource-updates.ts';
import { RESOURCE_CAPABILITIES, serveResources } from '../resources/resource-handlers.ts';
import { handleRequests } from '../shared/request-handler.ts';

const INSTRUCTIONS =
  'Runs shell commands as background jobs that outlive a call. Start one with execute (with until to get control ' +
  'back when it is ready), then do other work. Do not poll: wait blocks until something happens. Pass on the ' +
  'next_cursor of the last reply to read only what is new. Kill what is no longer needed.';

/**
 * A server for one client of the manager's jobs. It knows no transport; its end touches no job. What it keeps for its
 * client, and what ends with it: its name, its subscriptions and its log level.
 *
 * @param guard for a transport over which clients send calls again
 * @param compat the server whose tools are listed in place of ours
 */
export function createServer(
  manager: JobManager,
  version: string,
  guard?: ResendGuard,
  compat?: CompatName,
): Server {
  const listed = listedTools(compat);
  const server = new Server(
    { name: 'background-jobs', title: 'Jobs', version },
    {
      capabilities: { tools: {}, logging: {}, ...RESOURCE_CAPABILITIES },
      // They speak of our own tools.
      ...(compat === undefined && { instructions: INSTRUCTIONS }),
    },
  );
  const updates = new ResourceUpdates(server, manager);
  const log = new LogNotices(server, manager);
  server.oninitialized = () => {
    updates.start();
  };
  server.onclose = () => {
    updates.dispose();
    log.dispose();
  };
  const tools = compat === undefined ? DEFINITIONS : definitionsOf(listed);
  handleRequests(server, ListToolsRequestSchema, () => ({ tools }));
  handleRequests(server, ToolCallRequestSchema, (params, { signal, sendNotification }) =>
    callTool(params, {
      manager,
      listed,
      guard,
      client: server.getClientVersion()?.name,
      signal,
      // The client may be gone; the call ends by its signal then.
      notify: (progress) =>
        void sendNotification({ method: 'notifications/progress', params: { ...progress } }).catch(
          () => undefined,
        ),
    }),
  );
  handleRequests(server, SetLevelRequestSchema, async ({ level }) => {
    await manager.jobs.ready();
    log.setLevel(level);
    return {};
  });
  serveResources(server, manager, updates);
  return server;
}
