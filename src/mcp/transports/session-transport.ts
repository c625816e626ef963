import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CancelledNotificationSchema,
  isJSONRPCErrorResponse,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type MessageExtraInfo,
  type RequestId,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/sdk/types.js';
import { ACTION_TOOL, STATE_TOOL } from '../card/card-contract.ts';
import type { SessionCalls } from '../server/mcp-server.ts';
import { isPlainRequest, isPlainToolCall, type PlainToolCall } from '../shared/plain-request.ts';
import { callDirectly } from './direct-call.ts';

type Receiver = (message: JSONRPCMessage, extra?: MessageExtraInfo) => void;

/**
 * The transport of one session, which tracks the calls in progress. The SDK's transport loses them in two cases: a second
 * call with the id of a running one takes over its answer, and the stream of a cancelled call never ends.
 */
export class SessionTransport extends StreamableHTTPServerTransport {
  /** For each id, the unanswered ids that came in the same POST. */
  readonly #calls = new Map<RequestId, Set<RequestId>>();
  /** Those of them that were not passed to the server yet. */
  readonly #undelivered = new Set<RequestId>();
  #streams = 0;
  /** Calls a tool of this session. */
  callTool: SessionCalls['callTool'] | undefined;

  /** Whether a call is in progress, even if its client is gone. */
  get isBusy(): boolean {
    return this.#calls.size > 0;
  }

  /** Whether the client keeps a stream open for notifications. */
  get isListening(): boolean {
    return this.#streams > 0;
  }

  /** Returns true if the call with this id is in progress. */
  isRunning(id: unknown): boolean {
    return this.#calls.has(id as RequestId);
  }

  /** Returns the first id among these messages that belongs to an unanswered call, and so must not be used. */
  takenId(messages: readonly unknown[]): RequestId | undefined {
    const ids = idsOf(messages);
    return ids.find((id, at) => this.#calls.has(id) || ids.indexOf(id) < at);
  }

  /** Answers the call of a card without the SDK, since each card calls once a second. Undefined if it is another request. */
  answerCard(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> | undefined {
    const { callTool } = this;
    if (callTool === undefined || !isCallOfCard(body) || !areHeadersPlain(request)) return undefined;
    return this.#answerCall(body, response, callTool);
  }

  async #answerCall(
    request: PlainToolCall,
    response: ServerResponse,
    callTool: SessionCalls['callTool'],
  ): Promise<void> {
    this.#calls.set(request.id, new Set([request.id]));
    try {
      // These calls are too short to be worth a cancellation, and have no progress.
      const call = { signal: new AbortController().signal, notify: () => undefined };
      const answer = JSON.stringify(await callDirectly(request, callTool, call));
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    } finally {
      this.#calls.delete(request.id);
    }
  }

  override async handleRequest(
    request: IncomingMessage,
    response: ServerResponse,
    body?: unknown,
  ): Promise<void> {
    if (request.method === 'GET') {
      this.#streams++;
      response.once('close', () => this.#streams--);
    }
    const messages = messagesOf(body);
    const ids = idsOf(messages);
    const group = new Set(ids);
    for (const id of ids) this.#calls.set(id, group);
    for (const id of ids) this.#undelivered.add(id);
    // By then all are delivered, unless the SDK refused them as a whole. Then they are never answered one by one.
    setImmediate(() => {
      for (const id of ids) if (this.#undelivered.delete(id)) this.#calls.delete(id);
    });
    await super.handleRequest(request, response, body);
  }

  override get onmessage(): Receiver | undefined {
    return super.onmessage;
  }

  override set onmessage(receiver: Receiver | undefined) {
    super.onmessage = (message, extra) => {
      if (isJSONRPCRequest(message)) this.#undelivered.delete(message.id);
      receiver?.(message, extra);
      const id = cancelledId(message);
      // By then the cancelled call knows that it must not answer. A later call with the same id is a new one.
      if (id !== undefined && this.isRunning(id)) setImmediate(() => this.#settle(id));
    };
  }

  override async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    try {
      await super.send(message, options);
    } finally {
      const isAnswer = isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message);
      if (isAnswer && message.id !== undefined) this.#settle(message.id);
    }
  }

  #settle(id: RequestId): void {
    const group = this.#calls.get(id);
    if (group === undefined) return;
    this.#calls.delete(id);
    group.delete(id);
    if (group.size === 0) this.closeSSEStream(id);
  }
}

function isCallOfCard(body: unknown): body is PlainToolCall {
  if (!isPlainRequest(body) || !isPlainToolCall(body)) return false;
  return body.params.name === STATE_TOOL || body.params.name === ACTION_TOOL;
}

/** Returns true if the SDK would accept the headers. It answers all others. */
function areHeadersPlain({ headers }: IncomingMessage): boolean {
  const { accept = '', 'content-type': type, 'mcp-protocol-version': version } = headers;
  return (
    type === 'application/json' &&
    ['application/json', 'text/event-stream'].every((each) => accept.includes(each)) &&
    (version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version)))
  );
}

/** Returns the messages in a body: one, or a batch (MCP 2025-03-26). */
export function messagesOf(body: unknown): readonly unknown[] {
  if (body === undefined) return [];
  return Array.isArray(body) ? body : [body];
}

function idsOf(messages: readonly unknown[]): RequestId[] {
  return messages.flatMap((message) => {
    const { id, method } = (message ?? {}) as Record<string, unknown>;
    return typeof method === 'string' && (typeof id === 'string' || typeof id === 'number') ? [id] : [];
  });
}

/** Returns the id of the call that a message cancels. The SDK ignores 0 and the empty text here. */
function cancelledId(message: JSONRPCMessage): RequestId | undefined {
  const { success, data } = CancelledNotificationSchema.safeParse(message);
  const id = success ? data.params.requestId : undefined;
  return id === 0 || id === '' ? undefined : id;
}
