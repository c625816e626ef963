/* eslint-disable @typescript-eslint/no-deprecated -- McpServer writes its own validation errors and calls only listed tools. */
import { randomUUID } from 'node:crypto';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  type CallToolResult,
  ListToolsRequestSchema,
  SetLevelRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobCards } from '../card/job-cards.ts';
import type { CompatName } from '../compat/compat-names.ts';
import { serveResources } from '../resources/resource-handlers.ts';
import { ResourceUpdates } from '../resources/resource-updates.ts';
import { requireFirstPage } from '../shared/list-cursor.ts';
import { handleRequests } from '../shared/request-handler.ts';
import { CHANNEL_CAPABILITY, ClaudeChannel } from './claude-channel.ts';
import { LogNotifications } from './log-notifications.ts';
import type { ResendGuard } from './resend-guard.ts';
import { CAPABILITIES, identityOf, INSTRUCTIONS } from './server-identity.ts';
import { type CallEnvironment, callerOf, callTool, type ToolCall } from './tool-call.ts';
import { ToolCallRequestSchema } from './tool-call-request.ts';
import { toolDefinitions } from './tool-definitions.ts';
import { listedTools } from './tool-registry.ts';

/** What a server needs besides jobs. */
export interface ServerOptions {
  readonly version: string;
  /** For a transport over which clients repeat calls. */
  readonly guard?: ResendGuard | undefined;
  /** The server whose tools are listed instead of ours. */
  readonly compat?: CompatName | undefined;
  /** For clients that show jobs as cards. */
  readonly cards?: JobCards | undefined;
}

/** Calls tools in a session, for a transport that checks requests itself. */
export interface SessionCalls {
  /** @throws McpError if there is no such tool */
  readonly callTool: (params: ToolCall, call: SessionCall) => Promise<CallToolResult>;
}

export type SessionCall = Pick<CallEnvironment, 'signal' | 'notify'>;

/**
 * Creates the server for one client. It is independent of transports, and closing it affects no job. The name of the
 * client, its subscriptions and its log level end with it.
 */
export function createServer(
  manager: JobManager,
  { version, guard, compat, cards: offered }: ServerOptions,
): { readonly server: Server } & SessionCalls {
  const listed = listedTools(compat);
  const server = new Server(identityOf(version), {
    capabilities: { ...CAPABILITIES, experimental: CHANNEL_CAPABILITY },
    ...(compat === undefined && { instructions: INSTRUCTIONS }),
  });
  const updates = new ResourceUpdates(
    {
      updated: (uri) => server.sendResourceUpdated({ uri }),
      listChanged: () => server.sendResourceListChanged(),
    },
    manager,
  );
  const session = randomUUID();
  const log = new LogNotifications(server, manager);
  const channel = new ClaudeChannel(server, manager, session);
  server.oninitialized = () => {
    updates.start();
    channel.start();
  };
  server.onclose = () => {
    updates.dispose();
    log.dispose();
    channel.dispose();
  };
  const cards = (): JobCards | undefined =>
    compat === undefined && offered?.isWanted(server.getClientCapabilities()) === true ? offered : undefined;
  handleRequests(server, ListToolsRequestSchema, (params) => {
    requireFirstPage(params?.cursor);
    return { tools: toolDefinitions({ compat, cards: cards(), client: server.getClientVersion()?.name }) };
  });
  const call = (params: ToolCall, exchange: SessionCall): Promise<CallToolResult> => {
    const environment = {
      ...exchange,
      manager,
      listed,
      cards: cards(),
      guard,
      client: server.getClientVersion()?.name,
      session,
    };
    channel.called(callerOf(params, environment).session);
    return callTool(params, environment);
  };
  handleRequests(server, ToolCallRequestSchema, (params, { signal, sendNotification }) =>
    call(params, {
      signal,
      // Fails if the client is gone. Then the signal ends the call.
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
  serveResources(server, manager, updates, cards);
  return { server, callTool: call };
}
