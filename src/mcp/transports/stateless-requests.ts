import type { IncomingMessage, ServerResponse } from 'node:http';
import { isJSONRPCNotification, isJSONRPCRequest, type RequestId } from '@modelcontextprotocol/sdk/types.js';
import { callKey, type ResendGuard } from '../server/resend-guard.ts';
import { malformedParams } from '../shared/malformed-params.ts';
import { CODES, ProtocolError } from '../stateless/protocol-error.ts';
import { readMeta } from '../stateless/request-meta.ts';
import { errorAnswer, type StatelessServer } from '../stateless/stateless-server.ts';
import { checkHeaders, STREAM_HEADER } from './standard-headers.ts';
import { StreamedAnswer } from './streamed-answer.ts';

/**
 * Answers POST requests of MCP 2026-07-28 (Streamable HTTP). Each has a response of its own, and the client cancels it by
 * closing the connection. Different clients may use the same ids, and a session id means nothing.
 */
export class StatelessRequests {
  readonly #server: StatelessServer;
  readonly #guard: ResendGuard;

  constructor(server: StatelessServer, guard: ResendGuard) {
    this.#server = server;
    this.#guard = guard;
  }

  async answer(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    const answer = new StreamedAnswer(response);
    try {
      checkTypes(request);
      if (Array.isArray(body))
        throw invalid('This version of the protocol has no batches. Send each message by itself.');
      const problem = malformedParams(body);
      if (problem !== undefined) throw new ProtocolError(CODES.invalidParams, problem, { status: 400 });
      if (isJSONRPCNotification(body)) {
        // The protocol defines none over HTTP.
        response.writeHead(202).end();
        return;
      }
      if (!isJSONRPCRequest(body)) throw invalid('This is not a JSON-RPC request. Send one.');
      // What is missing in the body is reported before what is missing in the headers.
      readMeta(body.params);
      checkHeaders(request.headers, body);
      if (body.method === 'tools/call') this.#noteDelivery(body.params, response, answer.signal);
      if (request.headers[STREAM_HEADER] !== undefined) answer.begin();
      const { signal } = answer;
      const notify = (method: string, params: Record<string, unknown>): Promise<void> =>
        answer.notify(method, params);
      const result = await this.#server.answer(body, { signal, notify });
      if (result !== undefined) answer.end(result.status, result.message);
    } catch (error) {
      const { status, message } = errorAnswer(idOf(body), error);
      answer.end(status, message);
    }
  }

  /** Reports to the guard whether the answer to a call was delivered. */
  #noteDelivery(params: unknown, response: ServerResponse, cancelled: AbortSignal): void {
    const key = callKey(params);
    if (key === undefined) return;
    response.once('close', () => {
      if (response.writableFinished && !cancelled.aborted) this.#guard.delivered(key);
      else this.#guard.lost(key);
    });
  }
}

function checkTypes({ headers }: IncomingMessage): void {
  const { accept = '', 'content-type': type = '' } = headers;
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw invalid('The body must be JSON. Send Content-Type: application/json.', 415);
  }
  const isAccepted = (wanted: string): boolean => accept.includes(wanted) || accept.includes('*/*');
  if (!isAccepted('application/json') || !isAccepted('text/event-stream')) {
    throw invalid(
      'The answer is JSON or an event stream. Send Accept: application/json, text/event-stream.',
      406,
    );
  }
}

function invalid(problem: string, status = 400): ProtocolError {
  return new ProtocolError(CODES.invalidRequest, problem, { status });
}

function idOf(body: unknown): RequestId | null {
  const { id } = (body ?? {}) as { id?: unknown };
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
