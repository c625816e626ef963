import type { Socket } from 'node:net';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  Disposable,
  type Message,
  type MessageConnection,
  type NotificationMessage,
  type NotificationType,
} from 'vscode-jsonrpc/node';

const LINE_END = 10;

/**
 * A notification that is delivered as soon as it is read, unless earlier messages are still in the library's queue. That
 * delivers one message per turn of the event loop, and each line of output causes such a notification.
 */
export interface DirectNotice<T> {
  readonly type: NotificationType<T>;
  readonly take: (params: T) => void;
}

/** The error code of an answer to a request that was cancelled before it was handled, as in the Language Server Protocol. */
const REQUEST_CANCELLED = -32800;

/**
 * Creates a JSON-RPC connection on a socket. It closes silently when the socket does. Requests that are cancelled before
 * they are handled, such as those that waited while the process was stopped, are dropped.
 */
export function connectOn<T>(socket: Socket, direct?: DirectNotice<T>): MessageConnection {
  const reader = new LineReader(socket, direct);
  const connection = createMessageConnection(reader, new LineWriter(socket), undefined, {
    messageStrategy: {
      handleMessage: (message, next) => {
        reader.queued--;
        return next(message);
      },
    },
    connectionStrategy: {
      // The library fills in the id.
      cancelUndispatched: () => ({
        jsonrpc: '2.0',
        id: null,
        error: { code: REQUEST_CANCELLED, message: 'The request was cancelled.' },
      }),
    },
  });
  if (direct !== undefined) connection.onNotification(direct.type, direct.take);
  // Either end may disappear at any time. The close that follows is enough.
  connection.onError(() => socket.destroy());
  return connection;
}

/**
 * Reads one message per line. The library's own framing writes a header, waits, and writes the body, so that the other
 * end wakes up twice for each message. Each line of output causes such a message.
 */
class LineReader<T> extends AbstractMessageReader {
  readonly #socket: Socket;
  readonly #direct: DirectNotice<T> | undefined;
  /** How many messages are in the library's queue. Too many after a cancellation, which only runners receive. */
  queued = 0;
  /** The received parts of an unfinished line. */
  #parts: Buffer[] = [];

  constructor(socket: Socket, direct?: DirectNotice<T>) {
    super();
    this.#socket = socket;
    this.#direct = direct;
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer): void => {
      let from = 0;
      for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, from)) {
        const end = chunk.subarray(from, at);
        const line = this.#parts.length === 0 ? end : Buffer.concat([...this.#parts, end]);
        this.#parts = [];
        from = at + 1;
        let message: Message;
        try {
          message = JSON.parse(line.toString('utf8')) as Message;
        } catch (error) {
          this.fireError(error);
          return;
        }
        if (!this.#takeDirectly(message)) {
          this.queued++;
          callback(message);
        }
      }
      if (from < chunk.length) this.#parts.push(chunk.subarray(from));
    };
    // An error is followed by a close.
    this.#socket
      .on('data', onData)
      .on('error', () => undefined)
      .on('close', () => this.fireClose());
    return Disposable.create(() => this.#socket.off('data', onData));
  }

  #takeDirectly(message: Message): boolean {
    const { method, params } = message as NotificationMessage;
    if (this.#direct === undefined || this.queued > 0 || method !== this.#direct.type.method) return false;
    this.#direct.take(params as T);
    return true;
  }
}

class LineWriter extends AbstractMessageWriter {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('close', () => this.fireClose());
  }

  write(message: Message): Promise<void> {
    this.#gather();
    return new Promise((resolve, reject) => {
      this.#socket.write(`${JSON.stringify(message)}\n`, (error) => {
        if (error === undefined || error === null) resolve();
        else reject(error);
      });
    });
  }

  end(): void {
    this.#socket.end();
  }

  /** Sends the messages of a turn together, such as an answer and the notification before it: the other end wakes up once. */
  #gather(): void {
    if (this.#socket.writableCorked > 0) return;
    this.#socket.cork();
    process.nextTick(() => this.#socket.uncork());
  }
}
