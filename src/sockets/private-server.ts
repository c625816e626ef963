import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { SelfHealingSocket } from './self-healing-socket.ts';

/** The limits for clients. */
export interface ServerLimits {
  /** Each stream and each waiting call needs one. */
  readonly connections: number;
  /** Timeout for the headers of a request, since the connection was opened or the last answer was sent. */
  readonly headMs: number;
  /** Timeout for receiving a request. The answer may take any time, since calls wait and streams are silent. */
  readonly requestMs: number;
  /** How long a connection without a request is kept open. */
  readonly idleMs: number;
}

const LIMITS: ServerLimits = { connections: 512, headMs: 10_000, requestMs: 30_000, idleMs: 5000 };

/**
 * An HTTP server on a socket in a private folder. There is no TCP port that a browser or another user could reach. What it
 * serves is added while it runs, so that the code behind a path is loaded when it is needed.
 */
export class PrivateServer {
  /** The path of a Unix socket, or on Windows the name of a pipe, `\\.\pipe\…`. */
  readonly socket: string;
  readonly #routes: Map<string, RequestListener>;
  readonly #close: () => void;

  private constructor(socket: string, routes: Map<string, RequestListener>, close: () => void) {
    this.socket = socket;
    this.#routes = routes;
    this.#close = close;
  }

  /**
   * @param change limits other than the usual ones, for tests
   * @throws Error if the socket cannot be created
   */
  static async open(change: Partial<ServerLimits> = {}): Promise<PrivateServer> {
    const { connections, headMs, requestMs, idleMs } = { ...LIMITS, ...change };
    const routes = new Map<string, RequestListener>();
    const times = {
      headersTimeout: headMs,
      requestTimeout: requestMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: Math.min(1000, headMs),
    };
    const server = createServer(times, (request, response) => {
      const handler = routes.get(request.url ?? '') ?? refuseUnread;
      handler(request, response);
    });
    server.maxConnections = connections;
    const lasting = new SelfHealingSocket(server);
    const socket = await lasting.listen('w');
    return new PrivateServer(socket, routes, () => {
      server.close();
      server.closeAllConnections();
      lasting.close();
    });
  }

  /** Passes requests for a path to the handler. The handler checks the secret. */
  serve(path: string, handler: RequestListener): void {
    this.#routes.set(path, handler);
  }

  close(): void {
    this.#close();
  }
}

/** Answers 404 without a word, as to a request without the secret. The rest of the request is not read. */
export function refuseUnread(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { connection: 'close' }).end();
}
