import type { Log } from '../../base/stderr-log.ts';
import { StdioTransport } from '../transports/stdio-transport.ts';
import { AttachedClient } from './attached-client.ts';
import { ATTACH_VARIABLE } from './attach-paths.ts';

/**
 * Joins a client on stdin and stdout to the jobs of a window of VS Code, until the client goes. While the window
 * reloads calls wait; then a new session takes the place of the old one, of which the client notices nothing.
 *
 * @param folder where the windows of the workspace tell where they are; null when nobody has named one
 * @param seconds how long to wait for a window
 */
export async function attach(folder: string | null, seconds: number, log: Log): Promise<void> {
  const fail = (message: string): never => {
    log.error(`Error: ${message}`);
    process.exit(1);
  };
  if (folder === null) {
    return fail(
      `--attach needs a terminal of VS Code, and ${ATTACH_VARIABLE} is not set here. Start it in a terminal that was ` +
        'opened after the extension started, give --attach=DIR as "Copy MCP Configuration" does, or leave it out.',
    );
  }
  const transport = new StdioTransport(process.stdin, process.stdout);
  const client = new AttachedClient(folder, seconds * 1000, (message) => void transport.send(message), log);
  const stop = (): void => {
    void client.close().finally(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.stdin.on('end', stop).on('close', stop);
  process.stdout.on('error', stop);
  transport.onmessage = (message) => client.take(message);
  await transport.start();
  try {
    await client.find();
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}
