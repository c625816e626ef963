import type { ServerResponse } from 'node:http';

/** How long a response is silent at most, so that no proxy or client takes it for dead. */
const KEEP_ALIVE_MS = 15_000;

/**
 * The response to one request: JSON, or an event stream as soon as there is anything to send before the answer. If the
 * answer takes long, the stream begins without anything to send.
 */
export class StreamedAnswer {
  readonly #response: ServerResponse;
  readonly #keepAlive: NodeJS.Timeout;
  readonly #cancelled = new AbortController();
  #isEnded = false;

  constructor(response: ServerResponse) {
    this.#response = response;
    this.#keepAlive = setInterval(() => void this.#write(':\n\n'), KEEP_ALIVE_MS);
    response.once('close', () => {
      clearInterval(this.#keepAlive);
      // The end of the connection before the answer cancels the request (MCP 2026-07-28, Cancellation).
      if (!this.#isEnded) this.#cancelled.abort();
    });
  }

  get signal(): AbortSignal {
    return this.#cancelled.signal;
  }

  /** Begins the event stream, which says that the request was received. */
  begin(): void {
    void this.#write(':\n\n');
  }

  /** Sends a notification. @returns when it is written */
  notify(method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#write(eventOf({ jsonrpc: '2.0', method, params }));
  }

  /** Sends the answer, which ends the response. */
  end(status: number, message: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#keepAlive);
    if (this.#response.headersSent) this.#response.end(eventOf(message));
    else
      this.#response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(message));
  }

  #write(text: string): Promise<void> {
    if (this.#isEnded || this.signal.aborted) return Promise.resolve();
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache, no-transform',
        // Keeps proxies such as nginx from collecting events.
        'x-accel-buffering': 'no',
      });
    }
    return new Promise((resolve) => void this.#response.write(text, () => resolve()));
  }
}

function eventOf(message: unknown): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}
