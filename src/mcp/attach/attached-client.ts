import { randomUUID } from 'node:crypto';
import {
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import type { Log } from '../../base/stderr-log.ts';
import { initializeProblem } from '../shared/initialize-check.ts';
import { ATTACHED_SESSION_KEY, attachedCapability } from '../shared/session-key.ts';
import { CODES } from '../stateless/protocol-error.ts';
import { isStateless } from '../stateless/request-meta.ts';
import { cancelledId, takenId } from '../transports/request-ids.ts';
import { AttachedSession } from './attached-session.ts';
import { failure, messageOf, toolOf } from './call-failures.ts';
import { type ClientCall, KnownTools } from './client-call.ts';
import { OfflineServer } from './offline-server.ts';
import { StatelessCalls } from './stateless-calls.ts';
import { WindowFinder } from './window-finder.ts';
import { answers } from './window-messages.ts';
import { NoWindowError } from './window-search.ts';

/** Key in which VS Code's own agent mode names the conversation of a call. */
const CONVERSATION_KEY = 'vscode.conversationId';
/** Key in which Codex names the conversation. It starts several bridges for one. */
const CODEX_THREAD_KEY = 'threadId';

export interface AttachedClientOptions {
  /** Where the windows of the workspace publish their addresses. Null if that is not known. */
  readonly folder: string | null;
  /** How long to wait for a window. */
  readonly patienceMs: number;
  /** The agent session of VS Code that the client serves; undefined for a client outside of VS Code. */
  readonly conversation: string | undefined;
  readonly log: Log;
}

/** Takes the messages for the client. */
export interface ClientOutput {
  readonly send: (message: JSONRPCMessage) => void;
  /** Answers a message that is not passed on. */
  readonly refuse: (code: number, problem: string) => void;
}

interface OpenCall {
  readonly isStateless: boolean;
  readonly cancel: AbortController;
}

/**
 * A client of either era of the protocol: its session, which continues over any number of sessions with windows, and its
 * requests of MCP 2026-07-28, which need none. A client may mix them.
 */
export class AttachedClient {
  readonly #id = randomUUID();
  readonly #conversation: string | undefined;
  readonly #output: ClientOutput;
  readonly #window: WindowFinder;
  readonly #tools = new KnownTools();
  readonly #session: AttachedSession;
  readonly #stateless: StatelessCalls;
  readonly #log: Log;
  /** Undefined for a client outside of VS Code, which shows that its server has failed. */
  readonly #offline: OfflineServer | undefined;
  /** The requests that are not answered yet. */
  readonly #calls = new Map<RequestId, OpenCall>();
  /** Messages reach the window in the order in which the client sent them. */
  #order: Promise<unknown> = Promise.resolve();

  constructor({ folder, patienceMs, conversation, log }: AttachedClientOptions, output: ClientOutput) {
    this.#conversation = conversation;
    this.#output = output;
    this.#log = log;
    this.#offline = conversation === undefined ? undefined : new OfflineServer(log);
    this.#window = new WindowFinder(folder, patienceMs);
    const parts = {
      window: this.#window,
      tools: this.#tools,
      fail: (call: ClientCall, error: unknown) => this.#fail(call, error),
    };
    this.#session = new AttachedSession(parts, output.send, log);
    this.#stateless = new StatelessCalls(parts);
  }

  /** Waits for the first window. @throws NoWindowError if there is none in time */
  async find(): Promise<void> {
    await this.#window.find();
  }

  /** Accepts a message of the client. */
  take(message: JSONRPCMessage): void {
    if (isJSONRPCRequest(message)) this.#takeRequest(message);
    else if (!this.#cancel(message)) this.#queue(() => this.#session.tell(message));
  }

  /** Resolves once all messages so far have reached a window or were answered with an error. */
  async settled(): Promise<void> {
    await this.#order;
  }

  async close(): Promise<void> {
    for (const { cancel } of this.#calls.values()) cancel.abort();
    await this.#session.close();
  }

  /** @param call is answered with an error if the action fails */
  #queue(action: () => Promise<void>, call?: ClientCall): void {
    this.#order = this.#order.then(action).catch(async (error: unknown) => {
      if (call === undefined) this.#log.warn(messageOf(error));
      else await this.#fail(call, error);
    });
  }

  /** Answers a call that cannot be carried out. Never rejects. */
  async #fail({ request, send }: ClientCall, error: unknown): Promise<void> {
    // VS Code does not show that a server of an agent session has failed. So the session gets the tools, and the errors of calls.
    const isOffline = this.#offline !== undefined && error instanceof NoWindowError;
    const result = isOffline ? await this.#offline.resultFor(request) : undefined;
    send(
      result === undefined ? failure(request, messageOf(error)) : { jsonrpc: '2.0', id: request.id, result },
    );
  }

  #takeRequest(request: JSONRPCRequest): void {
    const { id } = request;
    if (this.#calls.has(id)) {
      this.#output.refuse(CODES.invalidRequest, takenId(id));
      return;
    }
    const call = this.#open(this.#stamp(request));
    const problem = initializeProblem(request);
    if (isStateless(request)) this.#queue(() => this.#stateless.ask(call), call);
    // A window would refuse each session that is opened with it.
    else if (problem !== undefined)
      call.send({ jsonrpc: '2.0', id, error: { code: CODES.invalidParams, message: problem } });
    else if (request.method === 'ping') call.send({ jsonrpc: '2.0', id, result: {} });
    else this.#queue(() => this.#session.ask(call), call);
  }

  #open(request: JSONRPCRequest): ClientCall {
    const cancel = new AbortController();
    this.#calls.set(request.id, { isStateless: isStateless(request), cancel });
    return {
      request,
      signal: cancel.signal,
      send: (message) => {
        if (cancel.signal.aborted) return;
        if (answers(message, request)) {
          this.#calls.delete(request.id);
          this.#tools.learn(request, message);
          this.#offline?.loadSoon();
        }
        this.#output.send(message);
      },
    };
  }

  /** Ends the call that a message cancels. @returns false if the window must see the message, too */
  #cancel(message: JSONRPCMessage): boolean {
    const id = cancelledId(message);
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (id === undefined || call === undefined) return false;
    // The window still answers such a call of a session, because the SDK ignores 0 and '' as ids here.
    if (!call.isStateless && (id === 0 || id === '')) return false;
    call.cancel.abort();
    this.#calls.delete(id);
    return call.isStateless;
  }

  /** Adds this session to a tool call, and the agent session, which the harnesses of the Agent Host do not name. */
  #stamp(request: JSONRPCRequest): JSONRPCRequest {
    if (request.method === 'initialize') return this.#introduce(request);
    if (toolOf(request) === undefined) return request;
    const given: Readonly<Record<string, unknown>> = request.params?._meta ?? {};
    const { [CODEX_THREAD_KEY]: thread } = given;
    const known = typeof thread === 'string' ? thread : undefined;
    const _meta = {
      [ATTACHED_SESSION_KEY]: known ?? this.#id,
      ...(this.#conversation !== undefined && { [CONVERSATION_KEY]: known ?? this.#conversation }),
      ...given,
    };
    return { ...request, params: { ...request.params, _meta } };
  }

  /** Adds this session to the capabilities of the client. */
  #introduce(request: JSONRPCRequest): JSONRPCRequest {
    const capabilities = (request.params?.capabilities ?? {}) as { readonly experimental?: object };
    const experimental = { ...capabilities.experimental, ...attachedCapability(this.#id) };
    return {
      ...request,
      params: { ...request.params, capabilities: { ...capabilities, experimental } },
    };
  }
}
