/** The revision of the specification of MCP Apps. */
const VERSION = '2026-01-26';

type Params = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message?: unknown };
}

/** The connection of a page to the client that shows it: JSON-RPC over messages between windows. */
export class HostConnection {
  readonly #handlers = new Map<string, (params: Params) => void>();
  readonly #waiting = new Map<
    number,
    { resolve: (result: Params) => void; reject: (error: Error) => void }
  >();
  #id = 0;

  constructor() {
    window.addEventListener('message', ({ source, data }) => {
      // Other windows, such as those of other servers, are no hosts.
      if (source === window.parent) this.#take(data as Message | null);
    });
  }

  /** Sets what happens when the host sends a notification. */
  on(method: string, handler: (params: Params) => void): void {
    this.#handlers.set(method, handler);
  }

  /** Begins the session. @returns what the host says of itself */
  async open(): Promise<Params> {
    const answer = await this.request('ui/initialize', {
      appInfo: { name: 'background-jobs-card', version: '1' },
      appCapabilities: { availableDisplayModes: ['inline'] },
      protocolVersion: VERSION,
    });
    this.notify('ui/notifications/initialized', {});
    return answer;
  }

  /** @returns the result @throws Error with the message of the host */
  request(method: string, params: Params): Promise<Params> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ id, method, params });
    });
  }

  notify(method: string, params: Params): void {
    this.#send({ method, params });
  }

  #take(message: Message | null): void {
    if (typeof message !== 'object' || message === null) return;
    const { id, method, params, result, error } = message;
    if (typeof method === 'string') {
      this.#handlers.get(method)?.(asParams(params));
      // The host may ask before it removes the page, and expects an answer to everything.
      if (id !== undefined) this.#send({ id, result: {} });
      return;
    }
    const waiting = this.#waiting.get(id as number);
    if (waiting === undefined) return;
    this.#waiting.delete(id as number);
    if (error === undefined) waiting.resolve(asParams(result));
    else waiting.reject(new Error(typeof error.message === 'string' ? error.message : 'The client refused.'));
  }

  #send(message: object): void {
    // The origin of the host is not known to a page in a sandbox.
    window.parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
  }
}

function asParams(value: unknown): Params {
  return typeof value === 'object' && value !== null ? (value as Params) : {};
}
