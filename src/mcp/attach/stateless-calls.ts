import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { standardHeaders, STREAM_HEADER } from '../transports/standard-headers.ts';
import { interrupted } from './call-failures.ts';
import { ChangeSubscription } from './change-subscription.ts';
import type { ClientCall, ClientParts } from './client-call.ts';
import type { EndpointAddress } from './window-files.ts';
import {
  answers,
  readMessages,
  readRefusal,
  RefusedError,
  sendToWindow,
  WindowLostError,
} from './window-messages.ts';
import { NoWindowError } from './window-search.ts';

/** Pause in ms before a request is sent again, and before another search for a window that does not come back. */
const PAUSE = 200;
const LONG_PAUSE = 2000;
/** How often a request that no window received is sent again. */
const MAX_TRIES = 5;

/** A request, and what is known about it. */
interface Attempt {
  readonly call: ClientCall;
  /** For a request that opens a stream of changes. */
  readonly subscription: ChangeSubscription | undefined;
  readonly tries: number;
}

/** Passes requests of MCP 2026-07-28 on to a window. Each has a connection of its own, and needs no session. */
export class StatelessCalls {
  readonly #window: ClientParts['window'];
  readonly #tools: ClientParts['tools'];
  readonly #fail: ClientParts['fail'];

  constructor({ window, tools, fail }: ClientParts) {
    this.#window = window;
    this.#tools = tools;
    this.#fail = fail;
  }

  /** Sends a request. Resolves when the window has received it, or it has its answer. */
  async ask(call: ClientCall): Promise<void> {
    const isSubscription = call.request.method === 'subscriptions/listen';
    const subscription = isSubscription ? new ChangeSubscription(call) : undefined;
    await this.#send({ call, subscription, tries: 1 });
  }

  async #send(attempt: Attempt): Promise<void> {
    const { request, signal } = attempt.call;
    let address: EndpointAddress | undefined;
    try {
      address = await this.#window.find();
      if (signal.aborted) return;
      const headers = { ...standardHeaders(request), [STREAM_HEADER]: '1' };
      const response = await sendToWindow(address, { method: 'POST', headers, message: request, signal });
      if (response.statusCode !== 200) await readError(response, attempt.call);
      else
        readAnswer(response, attempt)
          .catch((error: unknown) => this.#sendAgain(attempt, error, address))
          .catch((error: unknown) => this.#fail(attempt.call, error));
    } catch (error) {
      await this.#sendAgain(attempt, error, address);
    }
  }

  /** Decides what happens to a request that got no answer. */
  async #sendAgain(
    { call, subscription, tries }: Attempt,
    error: unknown,
    address: EndpointAddress | undefined,
  ): Promise<void> {
    const { request, signal, send } = call;
    if (signal.aborted) return;
    if (error instanceof WindowLostError) this.#window.lose(address);
    if (subscription?.isOpen === true)
      this.#continue(call, subscription).catch((failed: unknown) => this.#fail(call, failed));
    else if (!(error instanceof WindowLostError)) await this.#fail(call, error);
    else if (tries < MAX_TRIES && (error.isUnseen || this.#tools.isRepeatable(request))) {
      await delay(PAUSE);
      await this.#send({ call, subscription, tries: tries + 1 });
    } else send(interrupted(request, this.#tools.changesNothing(request)));
  }

  /** Opens a stream of changes again, in whichever window comes next and whenever that is. */
  async #continue(call: ClientCall, subscription: ChangeSubscription): Promise<void> {
    await delay(PAUSE);
    while (!(await this.#hasWindow()) && !call.signal.aborted) await delay(LONG_PAUSE);
    await this.#send({ call, subscription, tries: 1 });
  }

  async #hasWindow(): Promise<boolean> {
    try {
      await this.#window.find();
      return true;
    } catch (error) {
      if (error instanceof NoWindowError) return false;
      throw error;
    }
  }
}

/** @throws WindowLostError if the response ends without an answer */
async function readAnswer(response: IncomingMessage, { call, subscription }: Attempt): Promise<void> {
  const state = { isAnswered: false };
  try {
    await readMessages(response, (message) => {
      const isAnswer = answers(message, call.request);
      // A window that closes ends the stream of changes with an answer. The next window continues it.
      if (isAnswer && subscription?.isOpen === true) return;
      if (isAnswer) state.isAnswered = true;
      if (isAnswer || subscription === undefined) call.send(message);
      else subscription.take(message);
    });
  } catch {
    // The response ended early. All that matters is whether the answer came before that.
  }
  if (!state.isAnswered) throw new WindowLostError(false);
}

/** Reads the response to a request that the window does not run. @throws WindowLostError, RefusedError */
async function readError(response: IncomingMessage, { request, send }: ClientCall): Promise<void> {
  const { message, reason } = await readRefusal(response);
  if (message !== undefined && answers(message, request)) send(message);
  // A window that does not know the secret of this endpoint.
  else if (response.statusCode === 404) throw new WindowLostError(true);
  else throw new RefusedError(reason);
}
