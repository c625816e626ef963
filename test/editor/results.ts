import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What the extension host tells of its tests, a line of JSON each. */
export type TestEvent =
  | { readonly kind: 'start'; readonly name: string }
  | { readonly kind: 'end'; readonly result: TestResult }
  /** What a test wrote to the console. */
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'done' };

export interface TestResult {
  readonly name: string;
  readonly durationMs: number;
  /** Stack of the failure. */
  readonly error?: string;
  /** Why it was not run. */
  readonly skipped?: string;
}

/**
 * A socket for what the tests in the extension host tell. Standard output would do on one editor and not on
 * another: it is mixed with the editor's own words, and its end can be lost.
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
