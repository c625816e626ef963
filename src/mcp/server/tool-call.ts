import { ErrorCode, McpError, type CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { JobError } from '../../base/job-error.ts';
import { escapeControls, quote } from '../../base/quoted-text.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { Secrets } from '../../jobs/typed-secrets.ts';
import type { Starter } from '../../protocol/job-record.ts';
import { parseArguments } from './tool-arguments.ts';
import { CALLABLE } from './tool-registry.ts';
import { callKey, type ResendGuard } from './resend-guard.ts';
import type { Answer, Tool, ToolContext } from '../shared/tool.ts';

/** Characters of the name of an unknown tool that an error shows. */
const MAX_NAME_LENGTH = 100;

/** A call of a tool, as it stands in a request. */
export interface ToolCall {
  readonly name: string;
  readonly arguments?: unknown;
  readonly _meta?: Readonly<Record<string, unknown>> | undefined;
}

/** What a call needs besides itself. Nothing of it is a session: each request can bring all of it. */
export interface Surroundings {
  readonly manager: JobManager;
  /** The tools that the client was told of. */
  readonly listed: readonly Tool[];
  /** For a transport over which clients send calls again. */
  readonly guard?: ResendGuard | undefined;
  /** Name of the client, for calls that do not tell it themselves as those of MCP 2026-07-28 do. */
  readonly client?: string | undefined;
  /** Aborts when the call is cancelled. */
  readonly signal: AbortSignal;
  /** Tells the client, for whom the text is meant, how far the call is. */
  readonly notify: (progress: Progress) => void;
}

interface Progress {
  readonly progressToken: string | number;
  readonly progress: number;
  readonly message: string;
}

/**
 * Carries out a call. What is wrong with it is told to the model, in words that begin with "Error: ": clients drop
 * `isError`.
 *
 * @throws McpError when there is no such tool
 */
export async function callTool(params: ToolCall, surroundings: Surroundings): Promise<CallToolResult> {
  const { secrets } = surroundings.manager;
  const tool = CALLABLE.get(params.name);
  if (tool === undefined) {
    const names = surroundings.listed.map(({ name }) => name).join(', ');
    const problem = `There is no tool ${quote(params.name, MAX_NAME_LENGTH)}. The tools: ${names}.`;
    throw new McpError(ErrorCode.InvalidParams, problem);
  }
  try {
    return resultOf(await run(tool, params, surroundings), secrets);
  } catch (error) {
    // One line, whatever the command or the file system put into the message.
    const text = escapeControls(secrets.mask(`Error: ${explain(error)}`));
    return { isError: true, content: [{ type: 'text', text }] };
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

function run(tool: Tool, params: ToolCall, surroundings: Surroundings): ReturnType<Tool['run']> {
  const { manager, guard, signal } = surroundings;
  const key = callKey(params);
  const context: ToolContext = {
    manager,
    signal,
    caller: callerOf(params, surroundings.client),
    once: (action) => (guard === undefined || key === undefined ? action() : guard.once(key, action)),
    progress: progressOf(params, surroundings),
  };
  return tool.run(parseArguments(tool, params.arguments), context);
}

function explain(error: unknown): string {
  if (error instanceof JobError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `Something went wrong inside the job server: ${message} Try again; if it stays, restart the server.`;
}

function progressOf({ _meta }: ToolCall, { notify, manager }: Surroundings): ToolContext['progress'] {
  const token = _meta?.progressToken;
  if (typeof token !== 'string' && typeof token !== 'number') return () => undefined;
  let count = 0;
  return (message) => {
    notify({ progressToken: token, progress: ++count, message: manager.secrets.mask(message) });
  };
}

function callerOf({ _meta }: ToolCall, sessionClient: string | undefined): Starter {
  const conversation = _meta?.['vscode.conversationId'];
  const info = _meta?.['io.modelcontextprotocol/clientInfo'] as { name?: unknown } | null | undefined;
  const client = typeof info?.name === 'string' ? info.name : sessionClient;
  return {
    kind: 'agent',
    ...(client !== undefined && { client }),
    ...(typeof conversation === 'string' && { conversation }),
  };
}
