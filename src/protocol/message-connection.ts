import type { Socket } from 'node:net';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  Disposable,
  type DataCallback,
  type Message,
  type MessageConnection,
} from 'vscode-jsonrpc/node';

const LINE_END = 10;

/** A JSON-RPC connection on a socket that ends without a word when the socket does. */
export function connectOn(socket: Socket): MessageConnection {
  const connection = createMessageConnection(new LineReader(socket), new LineWriter(socket));
  // Either end may go at any moment; the close that follows says all there is to say.
  connection.onError(() => socket.destroy());
  return connection;
}

/**
 * A message a line. The library's own framing writes a head, waits, and writes the body, so that the other end wakes up
 * twice for each message; and each line of output passes here on its way to a client.
 */
class LineReader extends AbstractMessageReader {
  readonly #socket: Socket;
  /** What came of the line that is not complete yet. */
  #parts: Buffer[] = [];

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer): void => {
      let from = 0;
      for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, from)) {
        const line = Buffer.concat([...this.#parts, chunk.subarray(from, at)]);
        this.#parts = [];
        from = at + 1;
        let message: Message;
        try {
          message = JSON.parse(line.toString('utf8')) as Message;
        } catch (error) {
          this.fireError(error);
          return;
        }
        callback(message);
      }
      if (from < chunk.length) this.#parts.push(chunk.subarray(from));
    };
    // After an error it is closed, and that is all that counts.
    this.#socket
      .on('data', onData)
      .on('error', () => undefined)
      .on('close', () => this.fireClose());
    return Disposable.create(() => this.#socket.off('data', onData));
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
}
