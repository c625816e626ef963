import { setTimeout as delay } from 'node:timers/promises';

/** How much may be written before the terminal is asked whether it has drawn it, in UTF-16 units. */
const WINDOW_LENGTH = 64 * 1024;
/** Pause between such portions. At most 4 MB a second leave both processes time for other work. */
const PAUSE_MS = 16;
/** How long to wait for a reply. A terminal in a frozen page sends none, and must not be flooded. */
const REPLY_TIMEOUT_MS = 30_000;

/**
 * Adds back-pressure to a terminal. VS Code has none for terminals of extensions: it accepts all output and keeps it in
 * memory until the window can draw it. But a terminal replies to requests in the output in their order, so a reply
 * confirms that everything before the request was drawn.
 */
export class TerminalPace {
  readonly #request: () => void;
  #unconfirmed = 0;
  #onReply: (() => void) | undefined;

  /** @param request writes a status request after the output */
  constructor(request: () => void) {
    this.#request = request;
  }

  /** Called when the terminal has replied. */
  replied(): void {
    this.#onReply?.();
  }

  /** Resolves when more can be written or the signal aborts. */
  async wrote(length: number, signal: AbortSignal): Promise<void> {
    this.#unconfirmed += length;
    if (this.#unconfirmed >= WINDOW_LENGTH) await this.drawn(signal);
  }

  /** Resolves when everything that was written has been drawn, or the signal aborts. */
  async drawn(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#unconfirmed = 0;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(REPLY_TIMEOUT_MS)]);
    const reply = new Promise<void>((resolve) => {
      this.#onReply = resolve;
      deadline.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#request();
    // The delay rejects if the terminal is closed. The caller checks the signal.
    const pause = delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    await Promise.all([reply, pause]);
    this.#onReply = undefined;
  }
}
