import type { IncomingMessage } from 'node:http';
import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import { isJSONRPCErrorResponse, isJSONRPCResultResponse } from '@modelcontextprotocol/sdk/types.js';
import { createParser } from 'eventsource-parser';
import { readText, sendRequest } from './socket-request.ts';
import type { EndpointAddress } from './window-files.ts';

/** The connection to the window broke, and most likely the window is gone. */
export class WindowLostError extends Error {
  override readonly name = 'WindowLostError';
  /** No window received the message, so it may be sent again. */
  readonly isUnseen: boolean;

  constructor(isUnseen: boolean) {
    super('The connection to the window is gone.');
    this.isUnseen = isUnseen;
  }
}

/** The window refuses a message. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly message?: JSONRPCMessage;
  /** Timeout for the answer, in ms. There is none by default. */
  readonly timeout?: number;
  /** Closes the connection. */
  readonly signal?: AbortSignal;
}

/** Sends a request to the MCP endpoint of a window. @returns the response, once it begins @throws WindowLostError */
export async function sendToWindow(
  { socket, path, headers: own }: EndpointAddress,
  { method, headers, message, timeout, signal }: HttpRequest,
): Promise<IncomingMessage> {
  const accept = method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream';
  const all = { ...own, ...headers, accept, host: 'localhost' };
  try {
    return await sendRequest({
      socket,
      path,
      method,
      headers: message === undefined ? all : { ...all, 'content-type': 'application/json' },
      ...(message !== undefined && { body: JSON.stringify(message) }),
      ...(timeout !== undefined && { timeout }),
      ...(signal !== undefined && { signal }),
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new WindowLostError(code === 'ECONNREFUSED' || code === 'ENOENT');
  }
}

/** Reads the messages of a response, which is JSON or an event stream. @throws the error of the connection */
export async function readMessages(
  response: IncomingMessage,
  take: (message: JSONRPCMessage) => void,
): Promise<void> {
  if (response.headers['content-type']?.startsWith('text/event-stream') !== true) {
    const text = await readText(response);
    if (text !== '') take(JSON.parse(text) as JSONRPCMessage);
    return;
  }
  const parser = createParser({
    onEvent({ data }) {
      if (data !== '') take(JSON.parse(data) as JSONRPCMessage);
    },
  });
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) parser.feed(chunk);
}

interface Refusal {
  /** Undefined if the response contains none. */
  readonly message: JSONRPCMessage | undefined;
  readonly reason: string;
}

/** Reads a response that refuses a message. */
export async function readRefusal(response: IncomingMessage): Promise<Refusal> {
  const text = await readText(response).catch(() => '');
  try {
    const message = JSON.parse(text) as JSONRPCMessage & { error: { message: string } };
    return { message, reason: message.error.message };
  } catch {
    const reason = `The window answered with HTTP status ${response.statusCode ?? 0}.`;
    return { message: undefined, reason };
  }
}

/** Whether a message answers a request. */
export function answers(message: JSONRPCMessage, { id }: JSONRPCRequest): boolean {
  const isAnswer = isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message);
  return isAnswer && message.id === id;
}
