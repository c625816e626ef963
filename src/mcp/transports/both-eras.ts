import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import { CODES } from '../stateless/protocol-error.ts';
import { isStateless } from '../stateless/request-meta.ts';
import type { StatelessServer } from '../stateless/stateless-server.ts';
import { cancelledId, takenId } from './request-ids.ts';
import type { StdioTransport } from './stdio-transport.ts';

/**
 * Serves both eras of the protocol over one pair of streams: requests of MCP 2026-07-28 one by one, and everything else
 * in the session of the SDK's server. A client may mix them.
 */
export class BothEras implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  readonly #stdio: StdioTransport;
  readonly #server: StatelessServer;
  /** The requests without a session that are not answered yet. */
  readonly #calls = new Map<RequestId, AbortController>();
  /** The ids of unanswered requests in the session. */
  readonly #sessionCalls = new Set<RequestId>();

  constructor(stdio: StdioTransport, server: StatelessServer) {
    this.#stdio = stdio;
    this.#server = server;
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
    if (isJSONRPCRequest(message)) this.#takeRequest(message);
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
    if (this.#calls.has(id) || this.#sessionCalls.has(id)) {
      this.#stdio.refuse(CODES.invalidRequest, takenId(id));
    } else if (isStateless(request)) void this.#answer(request);
    else {
      this.#sessionCalls.add(id);
      this.onmessage?.(request);
    }
  }

  async #answer(request: JSONRPCRequest): Promise<void> {
    const call = new AbortController();
    this.#calls.set(request.id, call);
    const notify = async (method: string, params: Record<string, unknown>): Promise<void> => {
      if (!call.signal.aborted) await this.#stdio.send({ jsonrpc: '2.0', method, params });
    };
    const answer = await this.#server.answer(request, { signal: call.signal, notify });
    // A cancelled call has no answer, and its id may belong to another one by now.
    if (answer === undefined) return;
    this.#calls.delete(request.id);
    await this.#stdio.send(answer.message);
  }
}
