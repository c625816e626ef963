import {
  type JSONRPCErrorResponse,
  type JSONRPCRequest,
  type JSONRPCResultResponse,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  type LoggingLevel,
  McpError,
  ReadResourceRequestSchema,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { explainFailure } from '../../base/error-message.ts';
import { quote } from '../../base/quoted-text.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { reportJobEvents } from '../../jobs/records/job-events.ts';
import type { JobCards } from '../card/job-cards.ts';
import type { CompatName } from '../compat/compat-names.ts';
import { completeReference, listResources, readResource, TEMPLATES } from '../resources/job-resources.ts';
import { isAtLeast } from '../server/log-notifications.ts';
import type { ServerOptions } from '../server/mcp-server.ts';
import type { ResendGuard } from '../server/resend-guard.ts';
import { CAPABILITIES, identityOf, INSTRUCTIONS } from '../server/server-identity.ts';
import { callTool, type ToolCall } from '../server/tool-call.ts';
import { ToolCallRequestSchema } from '../server/tool-call-request.ts';
import { toolDefinitions } from '../server/tool-definitions.ts';
import { listedTools } from '../server/tool-registry.ts';
import { CompletionRequestSchema } from '../shared/completion-request.ts';
import { requireFirstPage } from '../shared/list-cursor.ts';
import { parseParams, type RequestSchema } from '../shared/request-params.ts';
import { ListenRequestSchema, sendChanges } from './change-stream.ts';
import { CODES, ProtocolError } from './protocol-error.ts';
import { checkVersion, META, readMeta, VERSIONS } from './request-meta.ts';

/** Characters of an unknown method that an error shows. */
const MAX_METHOD_LENGTH = 100;

/** Limit of open streams of changes. */
const MAX_STREAMS = 64;

/** How a request gets its answer. */
export interface Exchange {
  /** Aborts when the client cancels the request. Then no answer is sent. */
  readonly signal: AbortSignal;
  /** Sends a notification that belongs to the request. */
  readonly notify: (method: string, params: Record<string, unknown>) => Promise<unknown>;
}

export interface StatelessAnswer {
  readonly message: JSONRPCResultResponse | JSONRPCErrorResponse;
  /** The HTTP status. */
  readonly status: number;
}

type Result = Readonly<Record<string, unknown>>;

interface Call extends Exchange {
  readonly id: RequestId;
  readonly client?: string | undefined;
  readonly logLevel?: LoggingLevel | undefined;
  /** For a client that shows jobs as cards. */
  readonly cards: JobCards | undefined;
}

type Method = (request: JSONRPCRequest, call: Call) => Promise<Result> | Result;

/** How long a client may keep a result (MCP 2026-07-28, Caching). */
interface CacheHint {
  readonly ttlMs: number;
  readonly cacheScope: 'public' | 'private';
}

/** Definitions change only with an update of the server. */
const FIXED: CacheHint = { ttlMs: 300_000, cacheScope: 'public' };
/** Jobs change at any time. */
const FRESH: CacheHint = { ttlMs: 0, cacheScope: 'private' };

const DiscoverRequestSchema = z.object({ method: z.literal('server/discover') });

interface StatelessOptions extends ServerOptions {
  /** For a transport that serves a single client: identifies it, so that it can stop all its jobs. */
  readonly session?: string | undefined;
}

/**
 * Answers requests of MCP 2026-07-28, which has neither a handshake nor sessions: each request names its version, its
 * client and what that supports. It is independent of transports.
 */
export class StatelessServer {
  readonly #manager: JobManager;
  readonly #guard: ResendGuard | undefined;
  readonly #compat: CompatName | undefined;
  readonly #session: string | undefined;
  readonly #cards: JobCards | undefined;
  readonly #identity: ReturnType<typeof identityOf>;
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #closing = new AbortController();
  readonly #streams = new Set<Promise<void>>();

  constructor(manager: JobManager, { version, guard, compat, session, cards }: StatelessOptions) {
    this.#manager = manager;
    this.#guard = guard;
    this.#compat = compat;
    this.#session = session;
    this.#cards = compat === undefined ? cards : undefined;
    this.#identity = identityOf(version);
    this.#methods = new Map([
      method(DiscoverRequestSchema, () => this.#discover(), FIXED),
      method(
        ListToolsRequestSchema,
        (params, { cards, client }) => {
          requireFirstPage(params?.cursor);
          return { tools: toolDefinitions({ compat, cards, client }) };
        },
        FIXED,
      ),
      method(ToolCallRequestSchema, (params, call) => this.#callTool(params, call)),
      method(
        ListResourceTemplatesRequestSchema,
        (params) => {
          requireFirstPage(params?.cursor);
          return { resourceTemplates: TEMPLATES };
        },
        FIXED,
      ),
      method(ListResourcesRequestSchema, (params) => listResources(manager, params?.cursor), FRESH),
      method(
        ReadResourceRequestSchema,
        async ({ uri }, { cards }) => (await cards?.read(uri)) ?? readResource(manager, uri),
        FRESH,
      ),
      method(CompletionRequestSchema, ({ argument }) => completeReference(manager, argument.value)),
      method(ListenRequestSchema, ({ notifications }, call) => this.#listen(notifications, call)),
    ]);
  }

  /** Returns the answer to a request, or undefined if it was cancelled. */
  async answer(request: JSONRPCRequest, exchange: Exchange): Promise<StatelessAnswer | undefined> {
    const { id } = request;
    try {
      const { version, capabilities, client, logLevel } = readMeta(request.params);
      checkVersion(version);
      const run = this.#methods.get(request.method);
      const cards = this.#cards?.isWanted(capabilities) === true ? this.#cards : undefined;
      if (run === undefined) throw unknownMethod(request.method, this.#methods);
      const { _meta, ...result } = await run(request, { ...exchange, id, client, logLevel, cards });
      if (exchange.signal.aborted) return undefined;
      const meta = { ...(_meta as object | undefined), [META.server]: this.#identity };
      return {
        message: { jsonrpc: '2.0', id, result: { resultType: 'complete', ...result, _meta: meta } },
        status: 200,
      };
    } catch (error) {
      if (exchange.signal.aborted) return undefined;
      return errorAnswer(id, error);
    }
  }

  /** Ends the streams of changes. Each gets an answer, as the specification asks for. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#streams);
  }

  #discover(): Result {
    return {
      supportedVersions: VERSIONS,
      capabilities: CAPABILITIES,
      ...(this.#compat === undefined && { instructions: INSTRUCTIONS }),
    };
  }

  async #callTool(params: ToolCall, { signal, notify, logLevel, cards }: Call): Promise<Result> {
    const { jobs } = this.#manager;
    if (logLevel !== undefined) await jobs.ready();
    const stop =
      logLevel === undefined
        ? undefined
        : reportJobEvents(jobs, (level, data) => {
            if (isAtLeast(level, logLevel))
              void notify('notifications/message', { level, logger: 'jobs', data });
          });
    try {
      return await callTool(params, {
        manager: this.#manager,
        listed: listedTools(this.#compat),
        cards,
        guard: this.#guard,
        session: this.#session,
        signal,
        notify: (progress) => void notify('notifications/progress', { ...progress }),
      });
    } finally {
      stop?.();
    }
  }

  async #listen(
    filter: z.output<typeof ListenRequestSchema>['params']['notifications'],
    { id, signal, notify }: Call,
  ): Promise<Result> {
    if (this.#streams.size >= MAX_STREAMS) {
      const problem = `There are ${MAX_STREAMS} open streams of subscriptions/listen. Close one first.`;
      throw new ProtocolError(CODES.invalidRequest, problem);
    }
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    const stream = sendChanges(filter, { id, signal: ended, notify }, this.#manager);
    this.#streams.add(stream);
    try {
      await stream;
      return { _meta: { [META.subscription]: id } };
    } finally {
      this.#streams.delete(stream);
    }
  }
}

/** Returns the answer for a request that failed. */
export function errorAnswer(id: RequestId | null, error: unknown): StatelessAnswer {
  const { code, status, message, data } = asProtocolError(error);
  const response = { jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } };
  return { message: response as JSONRPCErrorResponse, status };
}

function asProtocolError(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error;
  if (!(error instanceof McpError)) return new ProtocolError(CODES.internalError, explainFailure(error));
  // The code for missing resources in earlier revisions is no longer allowed (MCP 2026-07-28, Error Codes).
  const code = error.code === -32002 ? CODES.invalidParams : error.code;
  // The SDK puts the code before the message.
  return new ProtocolError(code, error.message.replace(/^MCP error -?\d+: /, ''), { data: error.data });
}

function unknownMethod(name: string, methods: ReadonlyMap<string, Method>): ProtocolError {
  const names = [...methods.keys()].join(', ');
  const problem = `There is no method ${quote(name, MAX_METHOD_LENGTH)} in this version. The methods: ${names}.`;
  return new ProtocolError(CODES.methodNotFound, problem, { status: 404 });
}

function method<Schema extends RequestSchema>(
  schema: Schema,
  run: (params: z.output<Schema>['params'], call: Call) => Promise<object> | object,
  cache?: CacheHint,
): [string, Method] {
  return [
    schema.shape.method.value,
    async (request, call) => ({ ...(await run(parseParams(schema, request), call)), ...cache }),
  ];
}
