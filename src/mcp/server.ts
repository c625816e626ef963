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
import { MCP_BACKGROUND_JOB } from './compat/mcp-background-job.ts';
import { MCP_BGTASK } from './compat/mcp-bgtask.ts';
import type { CompatName } from './compat/names.ts';
import { DEFINITIONS, definitionsOf } from './definitions.ts';
import { callKey, type ResendGuard } from './resend-guard.ts';
import { RESOURCE_CAPABILITIES, serveResources } from './resources.ts';
import { TOOLS } from './tools.ts';
import type { Answer, Tool, ToolContext } from './tool.ts';

const INSTRUCTIONS =
  'Runs shell commands as background jobs that outlive a call. Start one with execute (with until to get control ' +
  'back when it is ready), then do other work. Do not poll: wait blocks until something happens. Pass on the ' +
  'next_cursor of the last reply to read only what is new. Kill what is no longer needed.';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** Tools of other servers: they can be called, and are not listed unless that is asked for. */
const COMPAT_TOOLS: Readonly<Record<CompatName, readonly Tool[]>> = {
  'mcp-background-job': MCP_BACKGROUND_JOB,
  'mcp-bgtask': MCP_BGTASK,
};
const CALLABLE = new Map(
  [...TOOLS, ...Object.values(COMPAT_TOOLS).flat()].map((tool): [string, Tool] => [tool.name, tool]),
);

/**
 * A server for one client of the manager's jobs. It knows no transport; its end touches no job.
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
  const listed = compat === undefined ? TOOLS : COMPAT_TOOLS[compat];
  const server = new Server(
    { name: 'background-jobs', title: 'Jobs', version },
    {
      capabilities: { tools: {}, ...RESOURCE_CAPABILITIES },
      // They speak of our own tools.
      ...(compat === undefined && { instructions: INSTRUCTIONS }),
    },
  );
  const definitions = compat === undefined ? DEFINITIONS : definitionsOf(listed);
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: definitions }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const tool = CALLABLE.get(params.name);
    if (tool === undefined) {
      const names = listed.map(({ name }) => name).join(', ');
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
    return resultOf(await tool.run(parseArguments(tool, given), context), secrets);
  } catch (error) {
    return { isError: true, content: [{ type: 'text', text: secrets.mask(`Error: ${explain(error)}`) }] };
  }
}

function resultOf(answer: Answer, secrets: Secrets): CallToolResult {
  if (typeof answer === 'object' && 'structured' in answer) {
    const masked = (_: string, value: unknown): unknown =>
      typeof value === 'string' ? secrets.mask(value) : value;
    const structured = JSON.parse(JSON.stringify(answer.structured), masked) as typeof answer.structured;
    return { content: [{ type: 'text', text: JSON.stringify(structured) }], structuredContent: structured };
  }
  const texts = typeof answer === 'string' ? [answer] : answer;
  return { content: texts.map((text) => ({ type: 'text', text: secrets.mask(text) })) };
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
