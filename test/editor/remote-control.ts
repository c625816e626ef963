import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Where the fixture extension finds the test. */
export const CONTROL_VARIABLE = 'EDITOR_TEST_CONTROL';

/** Folder of the extension that carries out what is asked here. */
export const REMOTE_CONTROL = join(import.meta.dirname, 'fixtures', 'remote-control');

/** How long a window may take to start its extensions on a busy machine. */
const WINDOW_TIMEOUT_MS = 90_000;

interface Call {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The window of a call went away, or there is a newer one. */
class WindowGoneError extends Error {
  constructor() {
    super('The window went away during the call.');
  }
}

/** Calls the API of the editor from outside, also after a reload. A call waits until there is a window. */
export class RemoteControl {
  readonly #server = createServer((socket) => this.#take(socket));
  readonly #calls = new Map<number, Call>();
  #window: Socket | undefined;
  #count = 0;

  async listen(path: string): Promise<void> {
    this.#server.listen(path);
    await once(this.#server, 'listening');
  }

  /** Runs a command. @returns its result, if JSON carries it */
  command(name: string, ...args: unknown[]): Promise<unknown> {
    return this.#call('command', name, ...args);
  }

  async commands(): Promise<string[]> {
    return (await this.#call('commands')) as string[];
  }

  /** Resolves once an extension is enabled and has started, if need be in the next window. */
  async untilActive(extension: string): Promise<void> {
    for (;;) {
      try {
        await this.#call('untilActive', extension);
        return;
      } catch (error) {
        if (!(error instanceof WindowGoneError)) throw error;
      }
    }
  }

  /** Changes a setting of the user. */
  async set(section: string, name: string, value: unknown): Promise<void> {
    await this.#call('set', section, name, value);
  }

  close(): void {
    this.#server.close();
    this.#window?.destroy();
  }

  async #call(action: string, ...args: unknown[]): Promise<unknown> {
    while (this.#window === undefined) await this.#untilWindow();
    const id = ++this.#count;
    this.#window.write(`${JSON.stringify({ id, action, args })}\n`);
    return await new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject }));
  }

  async #untilWindow(): Promise<void> {
    try {
      await once(this.#server, 'connection', { signal: AbortSignal.timeout(WINDOW_TIMEOUT_MS) });
    } catch (cause) {
      throw new Error('No window has started the extension of the test.', { cause });
    }
  }

  #take(socket: Socket): void {
    this.#failCalls();
    this.#window = socket;
    createInterface({ input: socket }).on('line', (line) => {
      const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: string };
      const call = this.#calls.get(id);
      this.#calls.delete(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(new Error(error));
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (this.#window !== socket) return;
      this.#window = undefined;
      this.#failCalls();
    });
  }

  #failCalls(): void {
    for (const { reject } of this.#calls.values()) reject(new WindowGoneError());
    this.#calls.clear();
  }
}
