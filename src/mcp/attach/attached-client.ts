import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type ListToolsResult,
} from '@modelcontextprotocol/sdk/types.js';
import type { Log } from '../../base/stderr-log.ts';
import { ATTACHED_SESSION_KEY } from '../shared/session-key.ts';
import { failure, interrupted, toolOf } from './call-failures.ts';
import { NoWindowError, untilWindow } from './window-search.ts';
import { isAnswer, RefusedError, SessionLostError, WindowSession } from './window-session.ts';

/** Pause in ms before the first search for a lost window, and between two searches. */
const PAUSE = 200;
const LONG_PAUSE = 2000;
/** How often a message that no window received is sent again. */
const MAX_TRIES = 5;
/** Prefix of the ids of requests that the bridge itself sends. */
const OWN_ID = 'background-jobs-attach-';
/** Key in which VS Code's own agent mode names the conversation of a call. */
const CONVERSATION_KEY = 'vscode.conversationId';

export interface AttachedClientOptions {
  /** Where the windows of the workspace publish their addresses. */
  readonly folder: string;
  /** How long to wait for a window. */
  readonly patienceMs: number;
  /** The agent session of VS Code that the client serves; undefined for a client outside of VS Code. */
  readonly conversation: string | undefined;
  readonly log: Log;
}

/** One session of a client, over any number of sessions with windows. */
export class AttachedClient {
  readonly #id = randomUUID();
  readonly #folder: string;
  readonly #patience: number;
  readonly #conversation: string | undefined;
  readonly #toClient: (message: JSONRPCMessage) => void;
  readonly #log: Log;
  /** The request with which the client opened its session. */
  #initialize: JSONRPCRequest | undefined;
  #isInitialized = false;
  readonly #subscriptions = new Set<string>();
  /** Names of tools that change nothing. */
  readonly #readers = new Set<string>();
  #session: WindowSession | undefined;
  #opening: Promise<WindowSession> | undefined;
  /** Time at which the window was lost, in ms of the monotonic clock. */
  #goneSince = performance.now();
  #count = 0;
  #isClosed = false;
  /** Messages reach the window in the order in which the client sent them. */
  #order: Promise<unknown> = Promise.resolve();

  /** @param toClient takes the messages for the client */
  constructor(options: AttachedClientOptions, toClient: (message: JSONRPCMessage) => void) {
    const { folder, patienceMs, conversation, log } = options;
    this.#folder = folder;
    this.#patience = patienceMs;
    this.#conversation = conversation;
    this.#toClient = toClient;
    this.#log = log;
  }

  /** Waits for the first window. @throws NoWindowError if there is none in time */
  async find(): Promise<void> {
    await untilWindow(this.#folder, this.#goneSince + this.#patience);
  }

  /** Accepts a message of the client. */
  take(message: JSONRPCMessage): void {
    if ('method' in message && message.method === 'ping' && isJSONRPCRequest(message)) {
      this.#toClient({ jsonrpc: '2.0', id: message.id, result: {} });
      return;
    }
    this.#order = this.#order.then(() =>
      isJSONRPCRequest(message) ? this.#ask(message) : this.#tell(message),
    );
  }

  /** Resolves once all messages so far have reached a window or were answered with an error. */
  async settled(): Promise<void> {
    await this.#order;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#session?.close();
  }

  /** Sends a request. Resolves when the window has received it. */
  async #ask(request: JSONRPCRequest, tries = 1): Promise<void> {
    if (request.method === 'initialize') return this.#begin(request);
    let session: WindowSession | undefined;
    try {
      session = await this.#current();
      const { done } = await session.send(this.#stamp(request), (message) => this.#relay(message, request));
      done.catch((error: unknown) => this.#askAgain(request, error, session, tries));
    } catch (error) {
      await this.#askAgain(request, error, session, tries);
    }
  }

  /** Adds this session to a tool call, and the agent session, which the harnesses of the Agent Host do not name. */
  #stamp(request: JSONRPCRequest): JSONRPCRequest {
    if (toolOf(request) === undefined) return request;
    const conversation = this.#conversation;
    const _meta = {
      [ATTACHED_SESSION_KEY]: this.#id,
      ...(conversation !== undefined && { [CONVERSATION_KEY]: conversation }),
      ...request.params?._meta,
    };
    return { ...request, params: { ...request.params, _meta } };
  }

  /** Decides what happens to a request that got no answer. */
  async #askAgain(
    request: JSONRPCRequest,
    error: unknown,
    session: WindowSession | undefined,
    tries: number,
  ): Promise<void> {
    if (!(error instanceof SessionLostError)) {
      this.#toClient(failure(request, messageOf(error)));
      return;
    }
    this.#lose(session);
    const tool = toolOf(request);
    const changesNothing = tool === undefined || this.#readers.has(tool);
    // A wait that starts again may exceed the client's own timeout.
    const isRepeatable = error.isUnseen || (changesNothing && tool !== 'wait');
    if (isRepeatable && tries < MAX_TRIES) await this.#ask(request, tries + 1);
    else this.#toClient(interrupted(request, changesNothing));
  }

  /** Sends a notification, or an answer to a request of the window. If it is lost, it is not sent again. */
  async #tell(message: JSONRPCMessage): Promise<void> {
    const isInitialized = 'method' in message && message.method === 'notifications/initialized';
    if (isInitialized) this.#isInitialized = true;
    const session = this.#session;
    await session?.send(message).catch((error: unknown) => {
      if (error instanceof SessionLostError) this.#lose(session);
    });
    if (isInitialized) void session?.listen();
  }

  /** The client opens its session. */
  async #begin(request: JSONRPCRequest): Promise<void> {
    this.#initialize = request;
    this.#isInitialized = false;
    void this.#session?.close();
    try {
      const { session, answer } = await this.#open(request);
      this.#session = session;
      this.#toClient({ ...answer, id: request.id });
    } catch (error) {
      this.#toClient(failure(request, messageOf(error)));
    }
  }

  #current(): Promise<WindowSession> {
    if (this.#session !== undefined) return Promise.resolve(this.#session);
    this.#opening ??= this.#reopen().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  /** Opens a session that replaces a lost one, with the same subscriptions and log level. @throws NoWindowError */
  async #reopen(): Promise<WindowSession> {
    if (this.#initialize === undefined) throw new RefusedError('Initialize first.');
    const { session } = await this.#open({ ...this.#initialize, id: this.#ownId() });
    this.#session = session;
    if (!this.#isInitialized) return session;
    try {
      await this.#restore(session);
    } catch (error) {
      // The window would refuse the message again.
      if (!(error instanceof SessionLostError)) this.#log.warn(messageOf(error));
      else {
        this.#lose(session);
        // The message was not sent over it.
        throw new SessionLostError(true);
      }
    }
    this.#log.info('joined the window again');
    return session;
  }

  /** @throws SessionLostError, RefusedError */
  async #restore(session: WindowSession): Promise<void> {
    await session.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    void session.listen();
    for (const uri of this.#subscriptions) {
      const request = {
        jsonrpc: '2.0',
        id: this.#ownId(),
        method: 'resources/subscribe',
        params: { uri },
      } as const;
      await session.send(request, () => undefined);
      // It may have changed in the meantime.
      this.#toClient({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } });
    }
    this.#toClient({ jsonrpc: '2.0', method: 'notifications/resources/list_changed' });
  }

  async #open(request: JSONRPCRequest): Promise<{ session: WindowSession; answer: JSONRPCMessage }> {
    for (let tries = 1; ; tries++) {
      const address = await untilWindow(this.#folder, this.#goneSince + this.#patience);
      const session: WindowSession = new WindowSession(address, {
        onMessage: (message) => this.#toClient(message),
        onLost: () => this.#lose(session),
      });
      try {
        return { session, answer: await session.initialize(request) };
      } catch (error) {
        // The window closed at that moment.
        if (!(error instanceof SessionLostError) || tries === MAX_TRIES) throw error;
        await delay(PAUSE);
      }
    }
  }

  #lose(session: WindowSession | undefined): void {
    if (session === undefined || session !== this.#session) return;
    this.#session = undefined;
    this.#goneSince = performance.now();
    this.#log.info('the window is gone; waiting for it');
    void session.close();
    void this.#comeBack(PAUSE);
  }

  /** Searches for the window even if the client sends nothing, since it may have subscriptions. */
  async #comeBack(pause: number): Promise<void> {
    await delay(pause);
    if (this.#isClosed || this.#session !== undefined) return;
    await this.#current().catch((error: unknown) => {
      this.#log.debug(messageOf(error));
      return this.#comeBack(LONG_PAUSE);
    });
  }

  /** Forwards an answer to the client, and remembers what the next session needs. */
  #relay(message: JSONRPCMessage, { method, params }: JSONRPCRequest): void {
    if (isAnswer(message) && 'result' in message) {
      const uri = params?.uri;
      if (method === 'resources/subscribe' && typeof uri === 'string') this.#subscriptions.add(uri);
      if (method === 'resources/unsubscribe' && typeof uri === 'string') this.#subscriptions.delete(uri);
      if (method === 'tools/list') {
        for (const { name, annotations } of (message.result as ListToolsResult).tools) {
          if (annotations?.readOnlyHint === true) this.#readers.add(name);
        }
      }
    }
    this.#toClient(message);
  }

  #ownId(): string {
    return `${OWN_ID}${++this.#count}`;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof NoWindowError || error instanceof RefusedError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `${message} Try again in a moment.`;
}
