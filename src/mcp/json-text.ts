import { isUtf8 } from 'node:buffer';

/** Levels of nesting: ours need six. What walks through a value (V8, zod) would run out of stack at thousands. */
const MAX_DEPTH = 64;

/**
 * A message of a client.
 *
 * @throws Error in words for the client: it is no UTF-8, no JSON, or nested too deeply
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Error('It is no valid UTF-8.');
  const text = bytes.toString('utf8');
  // Before it is parsed: a megabyte of brackets takes a hundred once it is.
  if (isDeeperThan(MAX_DEPTH, text)) throw new Error(`It is nested deeper than ${MAX_DEPTH} levels.`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error('It is no valid JSON.');
  }
}

function isDeeperThan(limit: number, text: string): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > limit) return true;
  }
  return false;
}
