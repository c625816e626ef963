import type { IncomingMessage, ServerResponse } from 'node:http';
import { isInitializeRequest, type RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { JobManager } from '../../jobs/manager.ts';
import type { PrivateServer } from '../../sockets/private-server.ts';
import { makeSecret, SECRET_HEADER } from '../../sockets/secret.ts';
import { type CardOptions, JobCards } from '../card/job-cards.ts';
import { createServer as createMcpServer } from '../server/mcp-server.ts';
import { callKey, ResendGuard } from '../server/resend-guard.ts';
import { initializeProblem } from '../shared/initialize-check.ts';
import { malformedParams } from '../shared/malformed-params.ts';
import { CODES } from '../stateless/protocol-error.ts';
import { isStateless } from '../stateless/request-meta.ts';
import { StatelessServer } from '../stateless/stateless-server.ts';
import { Sessions } from './http-sessions.ts';
import { readBody } from './request-body.ts';
import { ALLOWED, PATH, type Refusal, refusalOf } from './request-checks.ts';
import { takenId } from './request-ids.ts';
import { messagesOf, type SessionTransport } from './session-transport.ts';
import { StatelessRequests } from './stateless-requests.ts';

/** Where an MCP client finds the server, and the headers that it must send. */
export interface Endpoint {
  /** See `PrivateServer`. */
  readonly socket: string;
  /** Path of the URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Closes all sessions. The server stays open. */
  close(): Promise<void>;
}

/** The limits for clients of an endpoint. */
export interface EndpointLimits {
  /** Limit for a request body. The largest valid call has a command of 128 KiB, or input of 64 KiB. */
  readonly bodyBytes: number;
  readonly sessions: number;
}

const LIMITS: EndpointLimits = {
  bodyBytes: 4 * 1024 * 1024,
  sessions: 64,
};

/**
 * Adds MCP over Streamable HTTP to a server: with sessions (MCP 2025-11-25, Transports) and without (MCP 2026-07-28).
 *
 * @param change limits other than the usual ones, for tests
 */
export function openEndpoint(
  server: PrivateServer,
  manager: JobManager,
  version: string,
  change: Partial<EndpointLimits> = {},
  card?: CardOptions,
): Endpoint {
  const limits = { ...LIMITS, ...change };
  const secret = makeSecret();
  const guard = new ResendGuard();
  const options = { version, guard, cards: card && new JobCards(card) };
  const sessions = new Sessions(limits.sessions, async (transport) => {
    const { server, callTool } = createMcpServer(manager, options);
    transport.callTool = callTool;
    await server.connect(transport);
  });
  const statelessServer = new StatelessServer(manager, options);
  const stateless = new StatelessRequests(statelessServer, guard);
  server.serve(PATH, (request, response) => {
    const refusal = refusalOf(request, secret);
    if (refusal !== undefined) {
      // The rest of the request is not read.
      response.setHeader('connection', 'close');
      refuse(response, refusal);
    } else {
      // Fails if the connection breaks while the request is read or answered.
      answer(request, response, { sessions, stateless, guard, limits }).catch(() => response.destroy());
    }
  });
  return {
    socket: server.socket,
    path: PATH,
    headers: { [SECRET_HEADER]: secret },
    async close() {
      await Promise.all([statelessServer.close(), sessions.close()]);
    },
  };
}

interface Parts {
  readonly sessions: Sessions;
  readonly stateless: StatelessRequests;
  readonly guard: ResendGuard;
  readonly limits: EndpointLimits;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { sessions, stateless, guard, limits }: Parts,
): Promise<void> {
  const id = request.headers['mcp-session-id'];
  if (request.method !== 'POST') {
    const session = typeof id === 'string' ? sessions.use(id) : undefined;
    if (session === undefined) refuse(response, withoutSession(id));
    else await session.handleRequest(request, response);
    return;
  }
  const body = await readBody(request, limits.bodyBytes);
  if ('problem' in body) {
    if (!body.isRead) response.setHeader('connection', 'close');
    refuse(response, body);
    return;
  }
  const { value } = body;
  const messages = messagesOf(value);
  if (isStateless(value, request.headers['mcp-protocol-version'])) {
    await stateless.answer(request, response, value);
    return;
  }
  if (messages.length === 0) {
    refuse(response, { status: 400, problem: 'The batch is empty. Send a message.' }, -32600);
    return;
  }
  if (id === undefined && isInitializeRequest(value)) {
    const isOpen = await sessions.open(request, response, value);
    const busy = { status: 503, problem: 'All sessions are busy. Try again in a minute.' };
    if (!isOpen) refuse(response, busy, SERVER_ERROR, idOf(value));
    return;
  }
  const session = typeof id === 'string' ? sessions.use(id) : undefined;
  const [wrong] = messages.flatMap((message) => {
    const problem = initializeProblem(message) ?? malformedParams(message);
    return problem === undefined ? [] : { message, problem };
  });
  if (wrong !== undefined && (session !== undefined || id === undefined)) {
    refuse(response, { status: 400, problem: wrong.problem }, CODES.invalidParams, idOf(wrong.message));
    return;
  }
  if (session === undefined) {
    refuse(response, withoutSession(id), SERVER_ERROR, idOf(value));
    return;
  }
  const taken = session.takenId(messages);
  if (taken === undefined) {
    const answering = session.answerCard(request, response, value);
    if (answering !== undefined) return answering;
    noteDelivery(messages, response, session, guard);
    return session.handleRequest(request, response, value);
  }
  // Without the id, which is that of the call in progress.
  refuse(response, { status: 400, problem: takenId(taken) }, -32600);
}

/** Returns the id of a request; null for other messages, whose refusal has none (MCP 2025-11-25, Transports). */
function idOf(message: unknown): RequestId | null {
  const { id, method } = (message ?? {}) as Record<string, unknown>;
  const isId = typeof id === 'string' || typeof id === 'number';
  return typeof method === 'string' && isId ? id : null;
}

/** A client opens a new session after 404, and VS Code also after 400 (MCP 2025-11-25, Session Management). */
function withoutSession(id: unknown): Refusal {
  return id === undefined
    ? { status: 400, problem: 'The session id is missing. Start with a valid initialize request.' }
    : { status: 404, problem: 'There is no such session. Initialize a new one.' };
}

/** Reports to the guard whether answers to calls were delivered. A refusal or the end of a stream is not an answer. */
function noteDelivery(
  messages: readonly unknown[],
  response: ServerResponse,
  session: SessionTransport,
  guard: ResendGuard,
): void {
  for (const message of messages) {
    const { id, method, params } = (message ?? {}) as Record<string, unknown>;
    const key = method === 'tools/call' ? callKey(params) : undefined;
    if (key === undefined) continue;
    response.once('close', () => {
      const isAnswered = response.statusCode === 200 && !session.isRunning(id);
      if (isAnswered && response.writableFinished) guard.delivered(key);
      else guard.lost(key);
    });
  }
}

/** The JSON-RPC error code for errors of the server. */
const SERVER_ERROR = -32000;

/**
 * @param code the JSON-RPC error code
 * @param id that of the request, if it was read
 */
function refuse(
  response: ServerResponse,
  { status, problem }: Refusal,
  code = SERVER_ERROR,
  id: RequestId | null = null,
): void {
  if (status === 405) response.setHeader('allow', ALLOWED);
  response.writeHead(status, { 'content-type': 'application/json' });
  const body = { jsonrpc: '2.0', error: { code, message: problem }, id };
  response.end(problem === '' ? undefined : JSON.stringify(body));
}
