import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../base/error-message.ts';
import type { Log } from '../../base/stderr-log.ts';
import { StdioTransport } from '../transports/stdio-transport.ts';
import { SESSION_VARIABLE } from './attach-paths.ts';
import { AttachedClient } from './attached-client.ts';

/** Timeout for the first request of a client. */
const FIRST_REQUEST_MS = 2000;

/**
 * Connects a client on stdin and stdout to the jobs of a window of VS Code, until the client exits. While the window
 * reloads, calls wait. Then a new session replaces the old one, and the client does not notice.
 *
 * @param folder where the windows of the workspace publish their addresses. Null if none was given
 * @param seconds how long to wait for a window
 */
export async function attach(folder: string | null, seconds: number, log: Log): Promise<void> {
  const fail = (message: string): never => {
    log.error(`Error: ${message}`);
    process.exit(1);
  };
  const transport = new StdioTransport(process.stdin, process.stdout);
  // The Agent Host starts a bridge for each session, and another one after a reload. Codex also starts one between messages.
  const conversation = process.env[SESSION_VARIABLE] === undefined ? undefined : randomUUID();
  const client = new AttachedClient(
    { folder, patienceMs: seconds * 1000, conversation, log },
    {
      send: (message) => void transport.send(message),
      refuse: (code, problem) => transport.refuse(code, problem),
    },
  );
  const stop = (): void => {
    void client.close().finally(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.stdout.on('error', stop);
  void transport.untilLeft().then(stop);
  const started = new Promise<void>((resolve) => {
    transport.onmessage = (message) => {
      client.take(message);
      // A client that only asks which versions there are sends another request if the answer is an error.
      if (!('method' in message) || message.method !== 'server/discover') resolve();
    };
  });
  await transport.start();
  try {
    await client.find();
  } catch (error) {
    const message = messageOf(error);
    if (conversation !== undefined) {
      // The model reads the reason when it calls a tool, and a window may still open.
      log.error(`Error: ${message}`);
      return;
    }
    // The client shows the answer to its first request; not every client shows what is on stderr.
    await Promise.race([started, delay(FIRST_REQUEST_MS)]);
    await client.settled();
    process.stdout.write('', () => fail(message));
  }
}
