import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { SessionTransport } from './session-transport.ts';

/**
 * The MCP sessions of one endpoint. They know nothing of jobs. Clients come and go without a word, so when there are
 * too many one goes: of those whose client holds no stream open, or else of all, the one that was idle for longest; its
 * client begins a new one with its next call. Never one with a call in flight.
 */
export class Sessions {
  readonly #max: number;
  readonly #connect: (transport: Transport) => Promise<void>;
  /** Least recently used first. */
  readonly #sessions = new Map<string, SessionTransport>();

  /**
   * @param max how many are kept; each takes about 100 KB
   * @param connect ties a server to the transport of a new session
   */
  constructor(max: number, connect: (transport: Transport) => Promise<void>) {
    this.#max = max;
    this.#connect = connect;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** The session with this id, which is then the most recently used one. */
  use(id: string): SessionTransport | undefined {
    const session = this.#sessions.get(id);
    if (session === undefined) return undefined;
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
    return session;
  }

  /** Answers the request that opens a session. @returns false when there is no room for one */
  async open(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<boolean> {
    if (!this.#makeRoom()) return false;
    const transport = new SessionTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        this.#sessions.set(id, transport);
      },
      onsessionclosed: (id) => {
        this.#sessions.delete(id);
      },
    });
    await this.#connect(transport);
    await transport.handleRequest(request, response, body);
    return true;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((transport) => transport.close()));
    this.#sessions.clear();
  }

  /** @returns whether there is room for one more */
  #makeRoom(): boolean {
    const idle = [...this.#sessions].filter(([, { isBusy }]) => !isBusy);
    const left = idle.filter(([, { isListening }]) => !isListening);
    for (const [id, transport] of [...left, ...idle]) {
      if (this.#sessions.size < this.#max) return true;
      this.#sessions.delete(id);
      void transport.close();
    }
    return this.#sessions.size < this.#max;
  }
}
