/* eslint-disable @typescript-eslint/no-deprecated -- McpServer words validation errors itself and knows only listed tools. */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type CallToolResult,
  type ServerNotification,
  type ServerRequest,
} from '@modelcontextprotocol/sdk/types.js';
import { isJobError } from '../jobs/errors.ts';
import type { JobManager } from '../jobs/manager.ts';
import type { Secrets } from '../jobs/secrets.ts';
import type { Starter } from '../runner/records.ts';
import { parseArguments } from './arguments.ts';
import { DEFINITIONS } from './definitions.ts';
import { callKey, type ResendGuard } from './resend-guard.ts';
import { RESOURCE_CAPABILITIES, serveResources } from './resources.ts';
import { TOOLS } from './tools.ts';
import type { Tool, ToolContext } from './tool.ts';

const INSTRUCTIONS =
  'Runs shell commands as background jobs that outlive a call. Start one with execute (with until to get control ' +
  'back when it is ready), then do other work. Do not poll: wait blocks until something happens. Pass on the ' +
  'next_cursor of the last reply to read only what is new. Kill what is no longer needed.';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/**
 * A server for one client of the manager's jobs. It knows no transport; its end touches no job.
 *
 * @param guard for a transport over which clients send calls again
 */
export function createServer(manager: JobManager, version: string, guard?: ResendGuard): Server {
  const server = new Server(
    { name: 'background-jobs', title: 'Jobs', version },
    { capabilities: { tools: {}, ...RESOURCE_CAPABILITIES }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: DEFINITIONS }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const tool = TOOLS.find(({ name }) => name === params.name);
    if (tool === undefined) {
      const names = TOOLS.map(({ name }) => name).join(', ');
      throw new McpError(ErrorCode.InvalidParams, `There is no tool "${params.name}". The tools: ${names}.`);
    }
    const key = callKey(params);
    const once: ToolContext['once'] = (action) => {
      return guard === undefined || key === undefined ? action() : guard.once(key, action);
    };
    const caller = callerOf(server, extra);
    return call(tool, params.arguments, { manager, caller, once, ...channels(extra, manager.secrets) });
  });
  serveResources(server, manager);
  return server;
}

/** What is wrong with a call is told to the model, in words that begin with "Error: ": clients drop `isError`. */
async function call(tool: Tool, given: unknown, context: ToolContext): Promise<CallToolResult> {
  const { secrets } = context.manager;
  try {
    const answer = await tool.run(parseArguments(tool, given), context);
    const texts = typeof answer === 'string' ? [answer] : answer;
    return { content: texts.map((text) => ({ type: 'text', text: secrets.mask(text) })) };
  } catch (error) {
    return { isError: true, content: [{ type: 'text', text: secrets.mask(`Error: ${explain(error)}`) }] };
  }
}

function explain(error: unknown): string {
  if (isJobError(error)) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `Something went wrong inside the job server: ${message} Try again; if it stays, restart the server.`;
}

function channels(
  { signal, _meta, sendNotification }: Extra,
  secrets: Secrets,
): Pick<ToolContext, 'signal' | 'progress'> {
  const progressToken = _meta?.progressToken;
  let count = 0;
  const progress = (message: string): void => {
    if (progressToken === undefined) return;
    const params = { progressToken, progress: ++count, message: secrets.mask(message) };
    // The client may be gone; the call ends by its signal then.
    sendNotification({ method: 'notifications/progress', params }).catch(() => undefined);
  };
  return { signal, progress };
}

function callerOf(server: Server, { _meta }: Extra): Starter {
  const conversation = _meta?.['vscode.conversationId'];
  const client = server.getClientVersion()?.name;
  return {
    kind: 'agent',
    ...(client !== undefined && { client }),
    ...(typeof conversation === 'string' && { conversation }),
  };
}
