import { createHash } from 'node:crypto';

/** How long (ms) a call whose answer did not arrive may be sent again. */
const PATIENCE = 60_000;

interface Attempt {
  readonly result: Promise<unknown>;
  expiry?: NodeJS.Timeout;
}

/**
 * Clients send a call again when its answer did not reach them, as when the session was lost in between. What
 * starts or writes something must then not happen twice: the first attempt's result is given again. Once an
 * answer was delivered, the same call is a new one.
 */
export class ResendGuard {
  readonly #attempts = new Map<string, Attempt>();

  /** Runs the action, unless this call was made before and its answer is still on the way. */
  once<T>(key: string, action: () => Promise<T>): Promise<T> {
    const known = this.#attempts.get(key);
    if (known !== undefined) return known.result as Promise<T>;
    const result = action();
    this.#attempts.set(key, { result });
    result.then(
      // The client may have gone before this began; no call waits for longer behind it.
      () => this.lost(key),
      // What failed has done nothing.
      () => this.delivered(key),
    );
    return result;
  }

  /** The answer arrived. */
  delivered(key: string): void {
    clearTimeout(this.#attempts.get(key)?.expiry);
    this.#attempts.delete(key);
  }

  /** The answer got lost: the call may come again. */
  lost(key: string): void {
    const attempt = this.#attempts.get(key);
    if (attempt === undefined) return;
    clearTimeout(attempt.expiry);
    attempt.expiry = setTimeout(() => this.#attempts.delete(key), PATIENCE).unref();
  }
}

/**
 * What makes two calls the same one: tool, arguments, conversation and request. Undefined when the client does
 * not tell the latter two: then each call is one of its own.
 */
export function callKey(params: unknown): string | undefined {
  const { name, arguments: args, _meta } = (params ?? {}) as Record<string, unknown>;
  const { 'vscode.conversationId': conversation, 'vscode.requestId': request } = (_meta ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof conversation !== 'string' || typeof request !== 'string') return undefined;
  // A command may be long, and keys are kept.
  return createHash('sha256')
    .update(JSON.stringify([name, args, conversation, request]))
    .digest('base64');
}
