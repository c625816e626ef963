import type { IncomingMessage } from 'node:http';
import {
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
} from '@modelcontextprotocol/sdk/types.js';
import type { EndpointAddress } from './window-files.ts';
import {
  answers,
  readMessages,
  readRefusal,
  RefusedError,
  sendToWindow,
  WindowLostError,
} from './window-messages.ts';

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
  readonly address: EndpointAddress;
  readonly #events: SessionEvents;
  readonly #headers: Record<string, string> = {};
  #stream: IncomingMessage | undefined;
  #isClosed = false;

  constructor(address: EndpointAddress, events: SessionEvents) {
    this.address = address;
    this.#events = events;
  }

  /** Opens the session. @returns the answer to the request @throws WindowLostError, RefusedError */
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
   * @throws WindowLostError, RefusedError
   */
  async send(
    message: JSONRPCMessage,
    onMessage: (message: JSONRPCMessage) => void = this.#events.onMessage,
  ): Promise<{ readonly done: Promise<void> }> {
    const response = await this.#request('POST', message);
    const { statusCode = 0 } = response;
    const session = response.headers['mcp-session-id'];
    if (typeof session === 'string') this.#headers['mcp-session-id'] = session;
    if (statusCode === 404) {
      response.resume();
      throw new WindowLostError(true);
    }
    if (statusCode >= 300) throw new RefusedError((await readRefusal(response)).reason);
    const request = isJSONRPCRequest(message) ? message : undefined;
    const done = this.#readAnswer(response, request, onMessage);
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
      await readMessages(response, this.#events.onMessage).catch(() => undefined);
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

  #request(
    method: 'GET' | 'POST' | 'DELETE',
    message?: JSONRPCMessage,
    timeout?: number,
  ): Promise<IncomingMessage> {
    return sendToWindow(this.address, {
      method,
      headers: this.#headers,
      ...(message !== undefined && { message }),
      ...(timeout !== undefined && { timeout }),
    });
  }

  /** @param request what must be answered before the response ends */
  async #readAnswer(
    response: IncomingMessage,
    request: JSONRPCRequest | undefined,
    onMessage: (message: JSONRPCMessage) => void,
  ): Promise<void> {
    let isAnswered = request === undefined;
    try {
      await readMessages(response, (message) => {
        if (request !== undefined && answers(message, request)) isAnswered = true;
        onMessage(message);
      });
    } catch {
      // The stream ended early. All that matters is whether the answer came before that.
    }
    if (!isAnswered) throw new WindowLostError(false);
  }
}
