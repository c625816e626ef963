import { setTimeout as delay } from 'node:timers/promises';
import {
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
} from '@modelcontextprotocol/sdk/types.js';
import type { Log } from '../../base/stderr-log.ts';
import { interrupted, messageOf } from './call-failures.ts';
import type { ClientCall, ClientParts } from './client-call.ts';
import { RefusedError, WindowLostError } from './window-messages.ts';
import { WindowSession } from './window-session.ts';

/** Pause in ms before the first search for a lost window, and between two searches. */
const PAUSE = 200;
const LONG_PAUSE = 2000;
/** How often a message that no window received is sent again. */
const MAX_TRIES = 5;
/** Prefix of the ids of requests that the bridge itself sends. */
const OWN_ID = 'background-jobs-attach-';

/** One session of a client, over any number of sessions with windows. */
export class AttachedSession {
  readonly #window: ClientParts['window'];
  readonly #tools: ClientParts['tools'];
  readonly #fail: ClientParts['fail'];
  readonly #toClient: (message: JSONRPCMessage) => void;
  readonly #log: Log;
  /** The request with which the client opened its session. */
  #initialize: JSONRPCRequest | undefined;
  #isInitialized = false;
  readonly #subscriptions = new Set<string>();
  /** The log level that the client has set. */
  #logLevel: unknown;
  #session: WindowSession | undefined;
  #opening: Promise<WindowSession> | undefined;
  #count = 0;
  #isClosed = false;

  /** @param toClient takes the messages that belong to no call */
  constructor({ window, tools, fail }: ClientParts, toClient: (message: JSONRPCMessage) => void, log: Log) {
    this.#window = window;
    this.#tools = tools;
    this.#fail = fail;
    this.#toClient = toClient;
    this.#log = log;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#session?.close();
  }

  /** Sends a request. Resolves when the window has received it. */
  async ask(call: ClientCall, tries = 1): Promise<void> {
    const { request, signal } = call;
    if (request.method === 'initialize') return this.#begin(call);
    let session: WindowSession | undefined;
    try {
      session = await this.#current();
      if (signal.aborted) return;
      const { done } = await session.send(request, (message) => this.#relay(message, call));
      done
        .catch((error: unknown) => this.#askAgain(call, error, session, tries))
        .catch((error: unknown) => this.#fail(call, error));
    } catch (error) {
      await this.#askAgain(call, error, session, tries);
    }
  }

  /** Decides what happens to a request that got no answer. */
  async #askAgain(
    call: ClientCall,
    error: unknown,
    session: WindowSession | undefined,
    tries: number,
  ): Promise<void> {
    const { request, signal, send } = call;
    // The window closes the connection of a cancelled call.
    if (signal.aborted) return;
    if (!(error instanceof WindowLostError)) {
      await this.#fail(call, error);
      return;
    }
    this.#lose(session);
    const isRepeatable = error.isUnseen || this.#tools.isRepeatable(request);
    if (isRepeatable && tries < MAX_TRIES) await this.ask(call, tries + 1);
    else send(interrupted(request, this.#tools.changesNothing(request)));
  }

  /** Sends a notification, or an answer to a request of the window. If it is lost, it is not sent again. */
  async tell(message: JSONRPCMessage): Promise<void> {
    const isInitialized = 'method' in message && message.method === 'notifications/initialized';
    if (isInitialized) this.#isInitialized = true;
    const session = this.#session;
    await session?.send(message).catch((error: unknown) => {
      if (error instanceof WindowLostError) this.#lose(session);
    });
    if (isInitialized) void session?.listen();
  }

  /** The client opens its session. */
  async #begin(call: ClientCall): Promise<void> {
    const { request } = call;
    this.#initialize = request;
    this.#isInitialized = false;
    this.#subscriptions.clear();
    this.#logLevel = undefined;
    void this.#session?.close();
    try {
      const { session, answer } = await this.#open(request);
      this.#session = session;
      call.send({ ...answer, id: request.id });
    } catch (error) {
      await this.#fail(call, error);
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
      if (!(error instanceof WindowLostError)) this.#log.warn(messageOf(error));
      else {
        this.#lose(session);
        // The message was not sent over it.
        throw new WindowLostError(true);
      }
    }
    this.#log.info('joined the window again');
    return session;
  }

  /** @throws WindowLostError, RefusedError */
  async #restore(session: WindowSession): Promise<void> {
    await session.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    void session.listen();
    const ask = async (method: string, params: Record<string, unknown>): Promise<void> => {
      await session.send({ jsonrpc: '2.0', id: this.#ownId(), method, params }, () => undefined);
    };
    if (this.#logLevel !== undefined) await ask('logging/setLevel', { level: this.#logLevel });
    for (const uri of this.#subscriptions) {
      await ask('resources/subscribe', { uri });
      // It may have changed in the meantime.
      this.#toClient({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } });
    }
    this.#toClient({ jsonrpc: '2.0', method: 'notifications/resources/list_changed' });
  }

  async #open(request: JSONRPCRequest): Promise<{ session: WindowSession; answer: JSONRPCMessage }> {
    for (let tries = 1; ; tries++) {
      const address = await this.#window.find();
      const session: WindowSession = new WindowSession(address, {
        onMessage: (message) => this.#toClient(message),
        onLost: () => this.#lose(session),
      });
      try {
        return { session, answer: await session.initialize(request) };
      } catch (error) {
        // The window closed at that moment.
        if (!(error instanceof WindowLostError) || tries === MAX_TRIES) throw error;
        this.#window.lose(address);
        await delay(PAUSE);
      }
    }
  }

  #lose(session: WindowSession | undefined): void {
    if (session === undefined || session !== this.#session) return;
    this.#session = undefined;
    this.#window.lose(session.address);
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

  /** Forwards a message to the client, and remembers what the next session needs. */
  #relay(message: JSONRPCMessage, { request, send }: ClientCall): void {
    const { method, params: { uri, level } = {} } = request;
    if (isJSONRPCResultResponse(message)) {
      if (method === 'logging/setLevel') this.#logLevel = level;
      if (method === 'resources/subscribe') this.#subscriptions.add(String(uri));
      if (method === 'resources/unsubscribe') this.#subscriptions.delete(String(uri));
    }
    send(message);
  }

  #ownId(): string {
    return `${OWN_ID}${++this.#count}`;
  }
}
