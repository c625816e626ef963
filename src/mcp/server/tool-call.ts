import { type CallToolResult, ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { explainFailure } from '../../base/error-message.ts';
import { escapeControls, quote } from '../../base/quoted-text.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { Secrets } from '../../jobs/output/typed-secrets.ts';
import type { Starter } from '../../protocol/job-record.ts';
import type { JobCards } from '../card/job-cards.ts';
import { ATTACHED_SESSION_KEY } from '../shared/session-key.ts';
import type { Answer, Tool, ToolContext } from '../shared/tool.ts';
import { TOOLS } from '../tools/index.ts';
import { newsOf } from './job-news.ts';
import { callKey, type ResendGuard } from './resend-guard.ts';
import { namedJobs, parseArguments, requiredJobs } from './tool-arguments.ts';
import { findTool } from './tool-registry.ts';

/** Characters of the name of an unknown tool that an error shows. */
const MAX_NAME_LENGTH = 100;

/** The params of a `tools/call` request. */
export interface ToolCall {
  readonly name: string;
  readonly arguments?: unknown;
  readonly _meta?: Readonly<Record<string, unknown>> | undefined;
}

/** What a call needs besides its params. None of it is a session, so each request can provide all of it. */
export interface CallEnvironment {
  readonly manager: JobManager;
  /** The tools that the client knows. */
  readonly listed: readonly Tool[];
  /** For a client that shows jobs as cards, which call tools of their own. */
  readonly cards?: JobCards | undefined;
  /** For a transport over which clients repeat calls. */
  readonly guard?: ResendGuard | undefined;
  /** The name of the client, for calls that do not contain it. Those of MCP 2026-07-28 do. */
  readonly client?: string | undefined;
  /** Identifies the session of the client, if it has one. Its jobs are those of the caller. */
  readonly session?: string | undefined;
  /** Aborts when the call is cancelled. */
  readonly signal: AbortSignal;
  /** Sends progress to the client. */
  readonly notify: (progress: Progress) => void;
}

interface Progress {
  readonly progressToken: string | number;
  readonly progress: number;
  readonly message: string;
}

/**
 * Runs a tool. An error becomes a result for the model that begins with "Error: ", since clients drop `isError`.
 *
 * @throws McpError if there is no such tool
 */
export async function callTool(params: ToolCall, environment: CallEnvironment): Promise<CallToolResult> {
  const { secrets } = environment.manager;
  const ofCards = environment.cards?.tools.find(({ name }) => name === params.name);
  const tool = ofCards ?? findTool(params.name);
  if (tool === undefined) {
    const names = environment.listed.map(({ name }) => name).join(', ');
    const problem = `There is no tool ${quote(params.name, MAX_NAME_LENGTH)}. The tools: ${names}.`;
    throw new McpError(ErrorCode.InvalidParams, problem);
  }
  const result = await runTool(tool, params, environment);
  // The tools of other servers answer exactly as those do.
  if (!TOOLS.includes(tool) || environment.signal.aborted) return result;
  const texts = result.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  // An error need not say of which jobs it is.
  const subjects = result.isError === true ? namedJobs(tool, params.arguments) : [];
  const reply = { tool: tool.name, blocks: texts, subjects };
  const news = await newsOf(environment.manager).lineFor(callerOf(params, environment), reply);
  if (news !== undefined) result.content.push({ type: 'text', text: secrets.mask(news) });
  return result;
}

async function runTool(tool: Tool, params: ToolCall, environment: CallEnvironment): Promise<CallToolResult> {
  const { secrets } = environment.manager;
  try {
    const { args, notes } = parseArguments(tool, params.arguments);
    await environment.manager.know(requiredJobs(tool, args));
    const result = resultOf(await tool.run(args, contextOf(params, environment)), secrets);
    if (notes.length > 0) result.content.push({ type: 'text', text: notes.join('\n') });
    return result;
  } catch (error) {
    // Keeps the message on one line, whatever the command or the file system put into it.
    const text = escapeControls(secrets.mask(`Error: ${explainFailure(error)}`));
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

function contextOf(params: ToolCall, environment: CallEnvironment): ToolContext {
  const { manager, guard, signal } = environment;
  const key = guard && callKey(params);
  return {
    manager,
    signal,
    caller: callerOf(params, environment),
    once: (action) => (guard === undefined || key === undefined ? action() : guard.once(key, action)),
    progress: progressOf(params, environment),
  };
}

function progressOf({ _meta }: ToolCall, { notify, manager }: CallEnvironment): ToolContext['progress'] {
  const token = _meta?.progressToken;
  if (typeof token !== 'string' && typeof token !== 'number') return () => undefined;
  let count = 0;
  return (message) => {
    notify({ progressToken: token, progress: ++count, message: manager.secrets.mask(message) });
  };
}

/** Returns who calls. Its jobs are those that it started. */
export function callerOf(
  { _meta }: ToolCall,
  environment: Pick<CallEnvironment, 'session' | 'client'>,
): Starter {
  const conversation = _meta?.['vscode.conversationId'];
  const attached = _meta?.[ATTACHED_SESSION_KEY];
  const session = typeof attached === 'string' ? attached : environment.session;
  const info = _meta?.['io.modelcontextprotocol/clientInfo'] as { name?: unknown } | null | undefined;
  const client = typeof info?.name === 'string' ? info.name : environment.client;
  return {
    kind: 'agent',
    ...(client !== undefined && { client }),
    ...(typeof conversation === 'string' && { conversation }),
    ...(session !== undefined && { session }),
  };
}
