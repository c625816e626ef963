import assert from 'node:assert/strict';
import { isJSONRPCRequest, type RequestId } from '@modelcontextprotocol/sdk/types.js';
import { parseMessage } from '../../src/mcp/shared/json-text.ts';
import type { RawMessage } from '../support/raw-client.ts';

/** How long an answer may take on a busy machine, in ms. */
const PATIENCE = 60_000;

/** Returns true for a request that must be answered under its id. A null member of its params is absent. */
export function isRequest(message: unknown): message is { readonly id: RequestId; readonly method: string } {
  return isJSONRPCRequest(parseMessage(Buffer.from(JSON.stringify(message))));
}

/** Returns the id of the request that a message cancels, if any. That request may stay without an answer. */
export function cancelledBy(message: unknown): readonly unknown[] {
  const { method, params } = (message ?? {}) as { method?: unknown; params?: { requestId?: unknown } | null };
  return method === 'notifications/cancelled' ? [params?.requestId] : [];
}

/** Asserts that an answer reports no internal error. */
export function checkAnswer(answer: RawMessage, request: unknown): void {
  const words = (): string => `${JSON.stringify(request)} -> ${JSON.stringify(answer).slice(0, 2000)}`;
  if (answer.error !== undefined) assert.notEqual(answer.error.code, -32603, words());
  const { isError, content } = answer.result ?? {};
  if (isError !== true) return;
  const [{ text } = { text: '' }] = content as { text: string }[];
  assert.match(text, /^Error: \S/, words());
  assert.doesNotMatch(text, /Internal error/, words());
}

/** @throws after a timeout, with the request in the message */
export async function within<T>(answer: Promise<T>, waitedFor: () => unknown): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer to ${JSON.stringify(waitedFor()).slice(0, 4000)}`)),
      PATIENCE,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
