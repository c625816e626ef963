import type { IncomingMessage } from 'node:http';
import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js';
import {
  isJSONRPCErrorResponse,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
} from '@modelcontextprotocol/sdk/types.js';
import { createParser } from 'eventsource-parser';
import { readText, sendRequest } from './socket-request.ts';
import type { EndpointAddress } from './window-files.ts';

/** The session is gone, and most likely its window as well. */
export class SessionLostError extends Error {
  override readonly name = 'SessionLostError';
  /** No window received the message, so it may be sent again. */
  readonly isUnseen: boolean;

  constructor(isUnseen: boolean) {
    super('The MCP session with the window is gone.');
    this.isUnseen = isUnseen;
  }
}

/** The window refuses a message. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

export interface SessionEvents {
  readonly onMessage: (message: JSONRPCMessage) => void;
  /** The stream of notifications has ended. */
  readonly onLost: () => void;
}

/** Timeout for a window to close our session, in ms. */
const FAREWELL = 1000;

/**
 * The client side of one MCP session over Streamable HTTP (MCP 2025-11-25, Transports). The SDK's client does not
 * report a stream that ends without its answer, and it connects to URLs, not to sockets.
 */
export class WindowSession {
  readonly #address: EndpointAddress;
  readonly #events: SessionEvents;
  readonly #headers: Record<string, string> = {};
  #stream: IncomingMessage | undefined;
  #isClosed = false;

  constructor(address: EndpointAddress, events: SessionEvents) {
    this.#address = address;
    this.#events = events;
  }

  /** Opens the session. @returns the answer to the request @throws SessionLostError, RefusedError */
  async initialize(request: JSONRPCRequest): Promise<JSONRPCMessage> {
    let answer: JSONRPCMessage | undefined;
    const { done } = await this.send(request, (message) => (answer = message));
    await done;
    const { protocolVersion } = (answer && 'result' in answer ? answer.result : {}) as Record<
      string,
      unknown
    >;
    if (typeof protocolVersion === 'string') this.#headers['mcp-protocol-version'] = protocolVersion;
    return answer!;
  }

  /**
   * Sends a message.
   *
   * @returns once the window has received it, with a promise that resolves with the answer, or rejects as this one does
   * @param onMessage receives the messages of the answer instead of the session's own handler
   * @throws SessionLostError, RefusedError
   */
  async send(
    message: JSONRPCMessage,
    onMessage: (message: JSONRPCMessage) => void = this.#events.onMessage,
  ): Promise<{ readonly done: Promise<void> }> {
    const response = await this.#request('POST', JSON.stringify(message));
    const { statusCode = 0 } = response;
    const session = response.headers['mcp-session-id'];
    if (typeof session === 'string') this.#headers['mcp-session-id'] = session;
    if (statusCode === 404) {
      response.resume();
      throw new SessionLostError(true);
    }
    if (statusCode >= 300) throw new RefusedError(await whyRefused(response));
    const awaited = isJSONRPCRequest(message) ? message.id : undefined;
    const done = this.#readAnswer(response, awaited, onMessage);
    // The sender of a notification does not await it.
    done.catch(() => undefined);
    return { done };
  }

  /** Receives the notifications of the window until the session is lost. */
  async listen(): Promise<void> {
    const response = await this.#request('GET').catch(() => undefined);
    if (response?.statusCode === 200) {
      this.#stream = response;
      if (this.#isClosed) response.destroy();
      await readEvents(response, this.#events.onMessage).catch(() => undefined);
    } else response?.resume();
    // Any other refusal means that there is no such stream, and says nothing about the session.
    const isLost = response === undefined || response.statusCode === 200 || response.statusCode === 404;
    if (isLost && !this.#isClosed) this.#events.onLost();
  }

  /** Closes the session if the window is still there. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stream?.destroy();
    const response = await this.#request('DELETE', undefined, FAREWELL).catch(() => undefined);
    response?.resume();
  }

  async #request(
    method: 'GET' | 'POST' | 'DELETE',
    body?: string,
    timeout?: number,
  ): Promise<IncomingMessage> {
    const { socket, path, headers } = this.#address;
    const accept = method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream';
    const all = { ...headers, ...this.#headers, accept, host: 'localhost' };
    try {
      return await sendRequest({
        socket,
        path,
        method,
        headers: body === undefined ? all : { ...all, 'content-type': 'application/json' },
        ...(body !== undefined && { body }),
        ...(timeout !== undefined && { timeout }),
      });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new SessionLostError(code === 'ECONNREFUSED' || code === 'ENOENT');
    }
  }

  /** @param awaited the request that must be answered before the response ends */
  async #readAnswer(
    response: IncomingMessage,
    awaited: RequestId | undefined,
    onMessage: (message: JSONRPCMessage) => void,
  ): Promise<void> {
    let isAnswered = awaited === undefined;
    const take = (message: JSONRPCMessage): void => {
      if (isAnswer(message) && message.id === awaited) isAnswered = true;
      onMessage(message);
    };
    try {
      if (response.headers['content-type']?.startsWith('text/event-stream') === true) {
        await readEvents(response, take);
      } else {
        const text = await readText(response);
        if (text !== '') take(JSON.parse(text) as JSONRPCMessage);
      }
    } catch {
      // The stream ended early. All that matters is whether the answer came before that.
    }
    if (!isAnswered) throw new SessionLostError(false);
  }
}

export function isAnswer(message: JSONRPCMessage): message is Extract<JSONRPCMessage, { id?: RequestId }> {
  return isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message);
}

/** Server-sent events, each a message. @throws the error of the connection */
async function readEvents(response: IncomingMessage, take: (message: JSONRPCMessage) => void): Promise<void> {
  const parser = createParser({
    onEvent({ data }) {
      if (data !== '') take(JSON.parse(data) as JSONRPCMessage);
    },
  });
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) parser.feed(chunk);
}

async function whyRefused(response: IncomingMessage): Promise<string> {
  const text = await readText(response).catch(() => '');
  try {
    const { error } = JSON.parse(text) as { error: { message: string } };
    return error.message;
  } catch {
    return `The window answered with HTTP status ${response.statusCode ?? 0}.`;
  }
}
