/**
 * Where the bridge of an attached client names the session, which continues when its window is reloaded: in the `_meta` of
 * each tool call, and in the experimental capabilities of the client, since jobs of the session may end before the next call.
 */
export const ATTACHED_SESSION_KEY = 'background-jobs.session';

/** Returns what the bridge adds to the experimental capabilities. */
export function attachedCapability(id: string): Readonly<Record<string, object>> {
  return { [ATTACHED_SESSION_KEY]: { id } };
}

/** Returns the session that the capabilities of a client name. */
export function attachedSessionIn(capabilities: unknown): string | undefined {
  const { experimental } = (capabilities ?? {}) as { experimental?: Readonly<Record<string, unknown>> };
  const { id } = (experimental?.[ATTACHED_SESSION_KEY] ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : undefined;
}
