import type { PrivateServer } from '../../sockets/private-server.ts';
import type * as Attach from './index.ts';
import type { EndpointAddress } from './window-files.ts';

export interface AttachDoorOptions {
  /** Loads the code of the door, which most windows need only for agent sessions. */
  readonly load: () => Promise<typeof Attach>;
  /** Where the windows on this workspace publish their addresses. */
  readonly windows: string;
  /** Path of the script that clients start: it survives an update of the extension. */
  readonly launcher: string;
  /** `stdio.js` of this version. */
  readonly program: string;
  /** Opens the server of this window, once. */
  readonly openServer: () => Promise<PrivateServer>;
  readonly openEndpoint: () => Promise<EndpointAddress>;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** Lets MCP clients outside of the window find it. */
export class AttachDoor {
  readonly #options: AttachDoorOptions;
  #listener: Promise<Attach.Listener | undefined> | undefined;
  #program: Promise<string> | undefined;

  constructor(options: AttachDoorOptions) {
    this.#options = options;
  }

  /** Opens the door. @returns the script that clients start, once the window can be found */
  async open(): Promise<string> {
    const { load, windows, openServer, openEndpoint, launcher, program, onFailure } = this.#options;
    this.#listener ??= Promise.all([load(), openServer()])
      .then(([{ listen }, server]) => listen(server, windows, openEndpoint))
      .catch((error: unknown) => {
        onFailure('this window cannot be found by MCP clients', error);
        return undefined;
      });
    this.#program ??= load()
      .then(({ writeLauncher }) => writeLauncher(launcher, program))
      .then(
        () => launcher,
        (error: unknown) => {
          onFailure('the start script for MCP clients cannot be written', error);
          return program;
        },
      );
    await this.#listener;
    return await this.#program;
  }

  async close(): Promise<void> {
    (await this.#listener)?.close();
  }
}
