import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** An event of the tests in the extension host. Each is sent as one line of JSON. */
export type TestEvent =
  | { readonly kind: 'start'; readonly name: string }
  | { readonly kind: 'end'; readonly result: TestResult }
  /** Console output of a test. */
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'done' };

export interface TestResult {
  readonly name: string;
  readonly durationMs: number;
  /** The stack of the failure. */
  readonly error?: string;
  /** The reason why the test was skipped. */
  readonly skipped?: string;
}

/**
 * Opens a socket that receives the events of the tests. Standard output would not be reliable, since it is mixed with the
 * editor's log, and its end can be lost.
 */
export async function receiveEvents(
  folder: string,
  onEvent: (event: TestEvent) => void,
): Promise<{ address: string; close(): void }> {
  const address =
    process.platform === 'win32' ? `\\\\.\\pipe\\results-${process.pid}` : join(folder, 'results');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    createInterface({ input: socket }).on('line', (line) => onEvent(JSON.parse(line) as TestEvent));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(address, resolve);
  });
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { address, close };
}
