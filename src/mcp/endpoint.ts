import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import type { JobManager } from '../jobs/manager.ts';
import { PrivateFolder } from '../runner/private-folder.ts';
import { callKey, ResendGuard } from './resend-guard.ts';
import { createServer as createMcpServer } from './server.ts';
import { Sessions } from './sessions.ts';

/** Where an MCP client finds the server, and what it must show. */
export interface Endpoint {
  /** Path of a unix socket; on Windows the name of a pipe, `\\.\pipe\…`. */
  readonly socket: string;
  /** Path of the URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const PATH = '/mcp';
const SECRET_HEADER = 'x-background-jobs-secret';
/** Bytes of a request body: above what the largest legal call needs (a command of 128 KiB, input of 64 KiB). */
const MAX_BODY = 4 * 1024 * 1024;

/**
 * Opens the MCP server on a socket in a private folder, over Streamable HTTP (MCP 2025-11-25, Transports): no
 * TCP port that a browser or another user could find.
 *
 * @throws Error when the socket cannot be made
 */
export async function openEndpoint(manager: JobManager, version: string): Promise<Endpoint> {
  const secret = randomBytes(32).toString('base64url');
  const guard = new ResendGuard();
  const sessions = new Sessions((transport) => createMcpServer(manager, version, guard).connect(transport));
  const folder = new PrivateFolder();
  const isWindows = process.platform === 'win32';
  const socket = isWindows
    ? `\\\\.\\pipe\\background-jobs-${randomBytes(16).toString('hex')}`
    : join(folder.ensure(), 'm');
  const server = createServer((request, response) => {
    if (request.url !== PATH || !isSame(request.headers[SECRET_HEADER], secret)) {
      // Not 401 or 403: these make VS Code ask the user to sign in.
      response.writeHead(404).end();
      return;
    }
    answer(request, response, sessions, guard).catch(() => response.destroy());
  });
  // A call that waits is silent for longer than Node's defaults allow.
  server.requestTimeout = 0;
  server.timeout = 0;
  server.listen(socket);
  try {
    await once(server, 'listening');
  } catch (error) {
    folder.remove();
    throw error;
  }
  return {
    socket,
    path: PATH,
    headers: { [SECRET_HEADER]: secret },
    async close() {
      await sessions.close();
      server.close();
      server.closeAllConnections();
      folder.remove();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  sessions: Sessions,
  guard: ResendGuard,
): Promise<void> {
  const id = request.headers['mcp-session-id'];
  const isKnown = typeof id === 'string' && sessions.has(id);
  if (request.method !== 'POST') {
    if (isKnown) return sessions.handle(id, request, response);
    fail(response, 404, 'There is no such session. Initialize a new one.');
    return;
  }
  const body = await readJson(request);
  if (body === undefined) {
    fail(response, 400, `The body is not JSON, or larger than ${MAX_BODY} bytes.`);
    return;
  }
  noteDelivery(body, response, guard);
  if (isKnown) return sessions.handle(id, request, response, body);
  if (id === undefined && isInitializeRequest(body)) return sessions.open(request, response, body);
  fail(response, id === undefined ? 400 : 404, 'There is no such session. Initialize a new one.');
}

/** Tells the guard whether the answer to a call got through. */
function noteDelivery(body: unknown, response: ServerResponse, guard: ResendGuard): void {
  for (const message of Array.isArray(body) ? (body as unknown[]) : [body]) {
    const { method, params } = (message ?? {}) as Record<string, unknown>;
    const key = method === 'tools/call' ? callKey(params) : undefined;
    if (key === undefined) continue;
    response.once('close', () => {
      if (response.writableFinished) guard.delivered(key);
      else guard.lost(key);
    });
  }
}

/** Undefined when the body is too large or no JSON. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) return undefined;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return undefined;
  }
}

function fail(response: ServerResponse, status: number, message: string): void {
  const body = { jsonrpc: '2.0', error: { code: -32000, message }, id: null };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function isSame(given: string | string[] | undefined, secret: string): boolean {
  const [a, b] = [Buffer.from(String(given)), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
