import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SessionTransport } from './session-transport.ts';

/**
 * The MCP sessions of one endpoint, which know nothing about jobs. Clients disconnect without notice. So if there are
 * too many sessions, the one that was idle the longest is closed, preferably one without an open stream, and never one
 * with a call in progress. Its client opens a new one with its next call.
 */
export class Sessions {
  readonly #max: number;
  readonly #connect: (transport: SessionTransport) => Promise<void>;
  /** Least recently used first. */
  readonly #sessions = new Map<string, SessionTransport>();

  /**
   * @param max how many sessions to keep; each takes about 100 KB
   * @param connect connects a server to the transport of a new session
   */
  constructor(max: number, connect: (transport: SessionTransport) => Promise<void>) {
    this.#max = max;
    this.#connect = connect;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Returns the session with this id, and makes it the most recently used one. */
  use(id: string): SessionTransport | undefined {
    const session = this.#sessions.get(id);
    if (session === undefined) return undefined;
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
    return session;
  }

  /** Answers the request that opens a session. @returns false if there is no room for one */
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

  /** @returns true if there is room for another session */
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
