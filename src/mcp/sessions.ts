import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

/** Sessions kept at most. Clients come and go without a word; a session costs about 100 KB. */
const MAX_SESSIONS = 64;

interface Session {
  readonly transport: StreamableHTTPServerTransport;
  /** POST requests that are being answered. */
  inFlight: number;
}

/**
 * The MCP sessions of one endpoint. They know nothing of jobs. When there are too many the one that was idle for
 * longest goes, but never one with a call in flight; its client begins a new one with its next call.
 */
export class Sessions {
  readonly #connect: (transport: Transport) => Promise<void>;
  /** Least recently used first. */
  readonly #sessions = new Map<string, Session>();

  /** @param connect ties a server to the transport of a new session */
  constructor(connect: (transport: Transport) => Promise<void>) {
    this.#connect = connect;
  }

  get size(): number {
    return this.#sessions.size;
  }

  has(id: string): boolean {
    return this.#sessions.has(id);
  }

  /** Answers the request that opens a session. */
  async open(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        this.#sessions.set(id, { transport, inFlight: 0 });
        this.#evict();
      },
      onsessionclosed: (id) => {
        this.#sessions.delete(id);
      },
    });
    await this.#connect(transport);
    await transport.handleRequest(request, response, body);
  }

  /** Answers a request of a known session. */
  async handle(
    id: string,
    request: IncomingMessage,
    response: ServerResponse,
    body?: unknown,
  ): Promise<void> {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
    if (request.method === 'POST') {
      session.inFlight++;
      response.once('close', () => session.inFlight--);
    }
    await session.transport.handleRequest(request, response, body);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(({ transport }) => transport.close()));
    this.#sessions.clear();
  }

  #evict(): void {
    for (const [id, { transport, inFlight }] of this.#sessions) {
      if (this.#sessions.size <= MAX_SESSIONS) return;
      if (inFlight > 0) continue;
      this.#sessions.delete(id);
      void transport.close();
    }
  }
}
