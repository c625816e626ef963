import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { SessionCalls } from '../server/mcp-server.ts';
import { initializeProblem } from '../shared/initialize-check.ts';
import { isPlainToolCall, type PlainToolCall } from '../shared/plain-request.ts';
import { CODES } from '../stateless/protocol-error.ts';
import { isStateless } from '../stateless/request-meta.ts';
import type { Exchange, StatelessServer } from '../stateless/stateless-server.ts';
import { callDirectly } from './direct-call.ts';
import { cancelledId, takenId } from './request-ids.ts';
import type { StdioTransport } from './stdio-transport.ts';

/**
 * Serves both eras of the protocol over one pair of streams: requests of MCP 2026-07-28 one by one, and everything else
 * in the session of the SDK's server. A client may mix them. Calls of tools in the session bypass the
 * SDK, see `callDirectly`.
 */
export class BothEras implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  readonly #stdio: StdioTransport;
  readonly #server: StatelessServer;
  readonly #callTool: SessionCalls['callTool'];
  /** The requests without a session and the calls of tools that are not answered yet. */
  readonly #calls = new Map<RequestId, AbortController>();
  /** The ids of unanswered requests in the session. */
  readonly #sessionCalls = new Set<RequestId>();

  constructor(stdio: StdioTransport, server: StatelessServer, { callTool }: SessionCalls) {
    this.#stdio = stdio;
    this.#server = server;
    this.#callTool = callTool;
  }

  async start(): Promise<void> {
    this.#stdio.onmessage = (message) => this.#take(message);
    this.#stdio.onclose = () => this.onclose?.();
    this.#stdio.onerror = (error) => this.onerror?.(error);
    await this.#stdio.start();
  }

  async close(): Promise<void> {
    for (const call of this.#calls.values()) call.abort();
    await this.#stdio.close();
  }

  /** Sends a message of the session. */
  async send(message: JSONRPCMessage): Promise<void> {
    if (!('method' in message) && message.id !== undefined) this.#sessionCalls.delete(message.id);
    await this.#stdio.send(message);
  }

  #take(message: JSONRPCMessage): void {
    if ('method' in message && 'id' in message) this.#takeRequest(message);
    else {
      const cancelled = cancelledId(message);
      const call = cancelled === undefined ? undefined : this.#calls.get(cancelled);
      if (cancelled !== undefined && call !== undefined) {
        call.abort();
        this.#calls.delete(cancelled);
        return;
      }
      // The SDK ignores 0 and '' as ids here, so such a call is still answered.
      if (cancelled !== undefined && cancelled !== 0 && cancelled !== '')
        this.#sessionCalls.delete(cancelled);
      this.onmessage?.(message);
    }
  }

  #takeRequest(request: JSONRPCRequest): void {
    const { id } = request;
    const problem = initializeProblem(request);
    if (this.#calls.has(id) || this.#sessionCalls.has(id)) {
      this.#stdio.refuse(CODES.invalidRequest, takenId(id));
    } else if (isStateless(request)) void this.#answer(request);
    else if (problem !== undefined)
      void this.#stdio.send({ jsonrpc: '2.0', id, error: { code: CODES.invalidParams, message: problem } });
    else if (this.#isDirect(request)) void this.#call(request);
    else {
      this.#sessionCalls.add(id);
      this.onmessage?.(request);
    }
  }

  /** The SDK answers calls in the order of all requests, such as `initialize`, and ignores a few ids in cancellations. */
  #isDirect(request: JSONRPCRequest): request is PlainToolCall {
    const { id } = request;
    return this.#sessionCalls.size === 0 && id !== 0 && id !== '' && isPlainToolCall(request);
  }

  async #answer(request: JSONRPCRequest): Promise<void> {
    const exchange = this.#open(request.id);
    const answer = await this.#server.answer(request, exchange);
    if (answer !== undefined) await this.#reply(request.id, exchange, answer.message);
  }

  /** Calls a tool in the session. */
  async #call(request: PlainToolCall): Promise<void> {
    const exchange = this.#open(request.id);
    const { signal, notify } = exchange;
    const progressed = (progress: object): void => void notify('notifications/progress', { ...progress });
    const message = await callDirectly(request, this.#callTool, { signal, notify: progressed });
    await this.#reply(request.id, exchange, message);
  }

  #open(id: RequestId): Exchange {
    const call = new AbortController();
    this.#calls.set(id, call);
    const { signal } = call;
    const notify = async (method: string, params: Record<string, unknown>): Promise<void> => {
      if (!signal.aborted) await this.#stdio.send({ jsonrpc: '2.0', method, params });
    };
    return { signal, notify };
  }

  /** A cancelled call has no answer, and its id may belong to another one by now. */
  async #reply(id: RequestId, { signal }: Exchange, message: JSONRPCMessage): Promise<void> {
    if (signal.aborted) return;
    this.#calls.delete(id);
    await this.#stdio.send(message);
  }
}
