import { ATTACH_VARIABLE } from './attach-paths.ts';
import type { EndpointAddress } from './window-files.ts';
import { NoWindowError, untilWindow } from './window-search.ts';

const NO_FOLDER =
  `--attach needs a terminal of VS Code, and ${ATTACH_VARIABLE} is not set here. Start it in a terminal that was ` +
  'opened after the extension started, give --attach=DIR as "Copy MCP Configuration" does, or leave it out.';

/** Finds the window that serves a client, and the next one once that is gone. */
export class WindowFinder {
  readonly #folder: string | null;
  readonly #patience: number;
  /** Since when there is no window, in ms of the monotonic clock. */
  #goneSince = performance.now();
  #found: EndpointAddress | undefined;
  #search: Promise<EndpointAddress> | undefined;

  /** @param folder where the windows of the workspace publish their addresses, null if that is not known @param patience in ms */
  constructor(folder: string | null, patience: number) {
    this.#folder = folder;
    this.#patience = patience;
  }

  /** Returns the address of the window. @throws NoWindowError if there has been none for too long */
  async find(): Promise<EndpointAddress> {
    if (this.#found !== undefined) return this.#found;
    if (this.#folder === null) throw new NoWindowError(NO_FOLDER);
    this.#search ??= untilWindow(this.#folder, this.#goneSince + this.#patience).finally(
      () => (this.#search = undefined),
    );
    return (this.#found = await this.#search);
  }

  /** Call it when the window with this address is gone. */
  lose(address: EndpointAddress | undefined): void {
    if (address === undefined || address !== this.#found) return;
    this.#found = undefined;
    this.#goneSince = performance.now();
  }
}
