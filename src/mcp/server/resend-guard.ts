import { createHash } from 'node:crypto';

/** How long a client can repeat a call whose answer did not arrive. */
const RESEND_WINDOW_MS = 60_000;

interface Attempt {
  readonly result: Promise<unknown>;
  expiry?: NodeJS.Timeout;
}

/**
 * Prevents calls from running twice. Clients repeat a call if its answer did not reach them, for example because the
 * session was lost. A repeated call gets the result of the first one. Once that was delivered, an equal call is new.
 */
export class ResendGuard {
  readonly #attempts = new Map<string, Attempt>();

  /** Runs the action, unless an equal call was made before and its answer was not delivered yet. */
  once<T>(key: string, action: () => Promise<T>): Promise<T> {
    const known = this.#attempts.get(key);
    if (known !== undefined) return known.result as Promise<T>;
    const result = action();
    this.#attempts.set(key, { result });
    result.then(
      // The client may have disconnected before. Its call can come again within the window.
      () => this.lost(key),
      // A failed action has done nothing and can run again.
      () => this.delivered(key),
    );
    return result;
  }

  /** Forgets a call whose answer arrived. */
  delivered(key: string): void {
    clearTimeout(this.#attempts.get(key)?.expiry);
    this.#attempts.delete(key);
  }

  /** Keeps the result of a call whose answer was lost, since the call may come again. */
  lost(key: string): void {
    const attempt = this.#attempts.get(key);
    if (attempt === undefined) return;
    clearTimeout(attempt.expiry);
    attempt.expiry = setTimeout(() => this.#attempts.delete(key), RESEND_WINDOW_MS).unref();
  }
}

/**
 * Returns a key that is the same for equal calls: those with the same tool, arguments, conversation and request.
 * Returns undefined if the client sends no conversation or request, since then no calls are equal.
 */
export function callKey(params: unknown): string | undefined {
  const { name, arguments: args, _meta } = (params ?? {}) as Record<string, unknown>;
  const { 'vscode.conversationId': conversation, 'vscode.requestId': request } = (_meta ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof conversation !== 'string' || typeof request !== 'string') return undefined;
  // A hash, since a command may be long and keys are kept.
  return createHash('sha256')
    .update(JSON.stringify([name, args, conversation, request]))
    .digest('base64');
}
