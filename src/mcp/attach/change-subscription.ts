import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { META } from '../stateless/request-meta.ts';
import type { ClientCall } from './client-call.ts';

/** What a window reports on a stream of changes. */
interface Kinds {
  readonly resourcesListChanged?: boolean;
  readonly resourceSubscriptions?: readonly string[];
}

/** A stream of changes (`subscriptions/listen`) that continues when its window is replaced by another one. */
export class ChangeSubscription {
  readonly #call: ClientCall;
  /** Undefined until a window has acknowledged the stream. */
  #kinds: Kinds | undefined;

  constructor(call: ClientCall) {
    this.#call = call;
  }

  /** Whether the client expects changes. A stream for which there are none ends at once. */
  get isOpen(): boolean {
    return this.#kinds !== undefined && Object.keys(this.#kinds).length > 0;
  }

  /** Takes a message on the stream. */
  take(message: JSONRPCMessage): void {
    if (!('method' in message) || message.method !== 'notifications/subscriptions/acknowledged')
      this.#call.send(message);
    else if (this.#kinds === undefined) {
      this.#kinds = message.params?.notifications ?? {};
      this.#call.send(message);
    } else this.#reportGap(this.#kinds);
  }

  /** The client knows that the stream is open. Everything may have changed while it was not. */
  #reportGap({ resourceSubscriptions = [], resourcesListChanged = false }: Kinds): void {
    for (const uri of resourceSubscriptions) this.#notify('notifications/resources/updated', { uri });
    if (resourcesListChanged) this.#notify('notifications/resources/list_changed', {});
  }

  #notify(method: string, params: Readonly<Record<string, unknown>>): void {
    const _meta = { [META.subscription]: this.#call.request.id };
    this.#call.send({ jsonrpc: '2.0', method, params: { ...params, _meta } });
  }
}
