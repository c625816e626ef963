import { Agent, type IncomingMessage, request } from 'node:http';

export interface SocketRequest {
  readonly socket: string;
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** ms until there must be an answer; none when left out. */
  readonly timeout?: number;
}

/** One connection a request: one that is kept may be closed by the other side just when it is used again. */
const AGENT = new Agent({ keepAlive: false });

/**
 * Sends an HTTP request over a unix socket or named pipe.
 *
 * @returns the response, once its headers are there
 * @throws the error of the connection
 */
export function sendRequest({ socket, body, timeout, ...options }: SocketRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, socketPath: socket, agent: AGENT }, resolve);
    if (timeout !== undefined) {
      const timer = setTimeout(() => outgoing.destroy(new Error('There was no answer in time.')), timeout);
      outgoing.once('close', () => clearTimeout(timer)).once('response', () => clearTimeout(timer));
    }
    // Behind the response an error is one of its stream, which tells it.
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The body of a message as text. @throws the error of the connection */
export async function readText(message: IncomingMessage): Promise<string> {
  let text = '';
  message.setEncoding('utf8');
  for await (const chunk of message as AsyncIterable<string>) text += chunk;
  return text;
}
