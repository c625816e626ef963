import { Agent, type IncomingMessage, request } from 'node:http';
import { setPatientTimeout } from '../../base/patient-timeout.ts';

export interface SocketRequest {
  readonly socket: string;
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Timeout for the answer, in ms. There is none by default. */
  readonly timeout?: number;
  /** Closes the connection, also while the response is read. */
  readonly signal?: AbortSignal;
}

/** One connection for each request: the other side may close a kept one just when it is used again. */
const AGENT = new Agent({ keepAlive: false });

/**
 * Sends an HTTP request over a unix socket or named pipe.
 *
 * @returns the response, once its headers have arrived
 * @throws the error of the connection
 */
export function sendRequest({
  socket,
  body,
  timeout,
  signal,
  ...options
}: SocketRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, socketPath: socket, agent: AGENT }, resolve);
    if (signal !== undefined) {
      const close = (): void => void outgoing.destroy();
      if (signal.aborted) close();
      signal.addEventListener('abort', close);
      outgoing.once('close', () => signal.removeEventListener('abort', close));
    }
    if (timeout !== undefined) {
      const giveUp = (): void => void outgoing.destroy(new Error('There was no answer in time.'));
      const cancel = setPatientTimeout(giveUp, timeout);
      outgoing.once('close', cancel).once('response', cancel);
    }
    // After the response, errors belong to its stream, which reports them.
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
