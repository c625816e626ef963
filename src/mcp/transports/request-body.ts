import type { IncomingMessage } from 'node:http';
import { parseMessage } from '../shared/json-text.ts';
import type { Refusal } from './request-checks.ts';

/**
 * Reads the body of a request as JSON, or returns why it is refused. If it is too large, as much again is read and
 * discarded, so that a client that is still writing gets to reading the answer. If it is even larger, `isRead` is false,
 * and the connection has to end.
 *
 * @throws the error of the stream if the client disconnects
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<{ readonly value: unknown } | (Refusal & { readonly isRead: boolean })> {
  const tooLarge = { status: 413, problem: `The body is larger than ${maxBytes} bytes. Send less.` };
  if (Number(request.headers['content-length']) > 2 * maxBytes) return { ...tooLarge, isRead: false };
  const parts: Buffer[] = [];
  let size = 0;
  // By default, the end of the loop would close the connection.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > 2 * maxBytes) return { ...tooLarge, isRead: false };
    if (size <= maxBytes) parts.push(part);
    else parts.length = 0;
  }
  if (size > maxBytes) return { ...tooLarge, isRead: true };
  try {
    return { value: parseMessage(Buffer.concat(parts)) };
  } catch (error) {
    const problem = `The body cannot be read. ${(error as Error).message} Send a JSON-RPC message.`;
    return { status: 400, problem, isRead: true };
  }
}
