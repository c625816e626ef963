import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { Endpoint } from '../../src/mcp/transports/http-endpoint.ts';

export interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The JSON-RPC messages in the body, which is JSON or an event stream. */
  readonly messages: readonly RawMessage[];
}

export interface RawMessage {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  /** Undefined removes one of the usual headers. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Values other than strings and buffers are sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export const LATEST_VERSION = '2025-11-25';

/** A client that can send any request, valid or not. */
export class RawClient {
  readonly #endpoint: Pick<Endpoint, 'socket' | 'path' | 'headers'>;
  readonly #agent: Agent | false;
  session: string | undefined;
  #id = 0;

  /** @param agent keeps connections alive. Without one, each request opens a connection. */
  constructor(endpoint: Pick<Endpoint, 'socket' | 'path' | 'headers'>, agent: Agent | false = false) {
    this.#endpoint = endpoint;
    this.#agent = agent;
  }

  /** Sends a request. @returns the whole response @throws the socket's error if the connection closes before that */
  send(sent: RawRequest, retries = this.#agent === false ? 0 : 2): Promise<RawReply> {
    const { method = 'POST', path, headers, body, signal } = sent;
    const all = {
      ...this.#endpoint.headers,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-session-id': this.session,
      ...headers,
    };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return new Promise((resolve, reject) => {
      let isAnswered = false;
      const outgoing = request({
        socketPath: this.#endpoint.socket,
        path: path ?? this.#endpoint.path,
        method,
        headers: Object.fromEntries(given),
        agent: this.#agent,
        ...(signal && { signal }),
      });
      outgoing.on('error', (error) => {
        // The server may just have closed a connection that was kept alive. Then it has not read the request.
        if (retries > 0 && !isAnswered && signal?.aborted !== true) resolve(this.send(sent, retries - 1));
        else reject(error);
      });
      outgoing.on('response', (incoming) => {
        isAnswered = true;
        const parts: Buffer[] = [];
        incoming.on('data', (part: Buffer) => parts.push(part));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(parts).toString();
          const { statusCode: status = 0, headers: received } = incoming;
          resolve({ status, headers: received, text, messages: messagesIn(text) });
        });
      });
      const isRaw = typeof body === 'string' || body instanceof Buffer;
      outgoing.end(body === undefined ? undefined : isRaw ? body : JSON.stringify(body));
    });
  }

  /** Opens a session. @returns the response to `initialize` */
  async initialize(protocolVersion = LATEST_VERSION): Promise<RawReply> {
    const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
    this.session = undefined;
    const reply = await this.send({ body: this.message('initialize', params) });
    const session = reply.headers['mcp-session-id'];
    if (typeof session !== 'string') return reply;
    this.session = session;
    await this.send({ body: { jsonrpc: '2.0', method: 'notifications/initialized' } });
    return reply;
  }

  /** Creates a request with a new id. */
  message(method: string, params?: unknown): { readonly id: number } & Record<string, unknown> {
    return { jsonrpc: '2.0', id: ++this.#id, method, params };
  }

  /** Creates a request that calls a tool. */
  toolCall(name: string, args: unknown, meta?: unknown): { readonly id: number } & Record<string, unknown> {
    return this.message('tools/call', { name, arguments: args, ...(meta !== undefined && { _meta: meta }) });
  }

  /** Calls a tool. @returns the text of the response */
  async call(name: string, args: unknown, meta?: unknown): Promise<string> {
    const { messages, text } = await this.send({ body: this.toolCall(name, args, meta) });
    const answer = messages.find(({ result }) => result !== undefined);
    const content = answer?.result?.content as { text: string }[] | undefined;
    if (content === undefined) throw new Error(`no answer: ${text}`);
    return content.map((block) => block.text).join('\n');
  }
}

function messagesIn(text: string): RawMessage[] {
  const events = [...text.matchAll(/^data: (.+)$/gm)].map(([, data = '']) => data);
  const parts = events.length > 0 ? events : text.startsWith('{') || text.startsWith('[') ? [text] : [];
  return parts.flatMap((part) => JSON.parse(part) as RawMessage | RawMessage[]);
}
