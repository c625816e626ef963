import type { Socket } from 'node:net';
import { LineQueue } from './line-queue.ts';
import { ERROR_CODES, type NotificationType, type RequestType, ResponseError } from './message-types.ts';

/** A JSON-RPC message: a request, a notification or a response. */
interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** @throws Error if it is no message */
function parseMessage(line: Buffer): Message {
  const message: unknown = JSON.parse(line.toString('utf8'));
  if (typeof message === 'object' && message !== null) return message;
  throw new TypeError('A message is an object.');
}

/** The connection closed before a request was answered, or a message was sent. */
export class ConnectionClosedError extends Error {
  override readonly name = 'ConnectionClosedError';

  constructor() {
    super('The connection is closed.');
  }
}

/**
 * JSON-RPC 2.0 on a socket, one message per line, in both directions. The messages of a turn are sent together, and each is
 * delivered as soon as it is read. If a message is malformed, the connection closes.
 */
export class MessageConnection {
  readonly #socket: Socket;
  readonly #lines = new LineQueue((line) => this.#take(line));
  readonly #requests = new Map<string, (params: never) => unknown>();
  readonly #notifications = new Map<string, (params: never) => void>();
  readonly #pending = new Map<number, Pending>();
  readonly #closeListeners: (() => void)[] = [];
  #lastId = 0;
  #isClosed = false;

  /** @param socket connected. Nothing is read before `listen()`. */
  constructor(socket: Socket) {
    this.#socket = socket;
    // An error is followed by a close.
    socket.on('error', () => undefined).on('close', () => this.#close());
  }

  onRequest<P, R>({ method }: RequestType<P, R>, answer: (params: P) => R | Promise<R>): void {
    this.#requests.set(method, answer);
  }

  onNotification<P>({ method }: NotificationType<P>, take: (params: P) => void): void {
    this.#notifications.set(method, take);
  }

  /** The listener is not called after `dispose()`. */
  onClose(listener: () => void): void {
    this.#closeListeners.push(listener);
  }

  /** Starts to deliver messages. */
  listen(): void {
    this.#socket.on('data', this.#onData);
  }

  /**
   * @throws ResponseError the error with which the other end answered
   * @throws ConnectionClosedError if it will never answer
   */
  request<P, R>({ method }: RequestType<P, R>, params: P): Promise<R> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      this.#write({ id, method, params }).catch(() => {
        this.#pending.delete(id);
        reject(new ConnectionClosedError());
      });
    });
  }

  /** Resolves when the message was passed to the system. @throws ConnectionClosedError */
  notify<P>({ method }: NotificationType<P>, params: P): Promise<void> {
    return this.#write({ method, params });
  }

  /** Delivers nothing from now on, and rejects the requests that are not answered yet. The socket stays open. */
  dispose(): void {
    this.#socket.off('data', this.#onData);
    this.#closeListeners.length = 0;
    this.#close();
  }

  readonly #onData = (chunk: Buffer): void => this.#lines.add(chunk);

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#lines.clear();
    for (const { reject } of this.#pending.values()) reject(new ConnectionClosedError());
    this.#pending.clear();
    for (const listener of this.#closeListeners) listener();
  }

  /** @returns whether the next message may follow at once */
  #take(line: Buffer): boolean {
    let message: Message;
    try {
      message = parseMessage(line);
    } catch {
      // The other end is broken. Its client connects again.
      this.#socket.destroy();
      return false;
    }
    const { id, method } = message;
    if (method === undefined) this.#settle(message);
    else if (id === undefined) this.#notice(method, message.params);
    else void this.#answer(id, method, message.params);
    return method !== undefined && id === undefined;
  }

  #settle({ id, result, error }: Message): void {
    const pending = this.#pending.get(id as number);
    this.#pending.delete(id as number);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(new ResponseError(error.code, error.message));
  }

  #notice(method: string, params: unknown): void {
    try {
      this.#notifications.get(method)?.(params as never);
    } catch (error) {
      // An error in one message must not stop the others.
      console.error(error);
    }
  }

  async #answer(id: Message['id'], method: string, params: unknown): Promise<void> {
    const answer = this.#requests.get(method);
    let response: object;
    try {
      if (answer === undefined)
        throw new ResponseError(ERROR_CODES.methodNotFound, `There is no method ${method}.`);
      response = { id, result: (await answer(params as never)) ?? null };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const code = error instanceof ResponseError ? error.code : ERROR_CODES.internalError;
      response = { id, error: { code, message } };
    }
    // The other end may be gone by now.
    await this.#write(response).catch(() => undefined);
  }

  #write(message: object): Promise<void> {
    if (this.#isClosed) return Promise.reject(new ConnectionClosedError());
    this.#gather();
    const line = `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
    return new Promise((resolve, reject) => {
      this.#socket.write(line, (error) => {
        if (error === undefined || error === null) resolve();
        else reject(new ConnectionClosedError());
      });
    });
  }

  /** Sends the messages of a turn together, such as an answer and the notification before it: the other end wakes up once. */
  #gather(): void {
    if (this.#socket.writableCorked > 0) return;
    this.#socket.cork();
    process.nextTick(() => this.#socket.uncork());
  }
}
