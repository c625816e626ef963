import type { Socket } from 'node:net';
import {
  createMessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';

/** A JSON-RPC connection on a socket that ends without a word when the socket does. */
export function connectOn(socket: Socket): MessageConnection {
  const reader = new SocketMessageReader(socket);
  // Else, when the other end is killed amid a message, a timer would wait for the rest for ever, and keep us alive.
  reader.partialMessageTimeout = 0;
  const connection = createMessageConnection(reader, new SocketMessageWriter(socket));
  // Either end may go at any moment; the close that follows says all there is to say.
  connection.onError(() => socket.destroy());
  return connection;
}
