import { isUtf8 } from 'node:buffer';

/** Levels of nesting: ours need six. What walks through a value (V8, zod) would run out of stack at thousands. */
const MAX_DEPTH = 64;

const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = Buffer.from('"\\[]{}');

/**
 * A message of a client.
 *
 * @throws Error in words for the client: it is no UTF-8, no JSON, or nested too deeply
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Error('It is no valid UTF-8.');
  // Before it is parsed: a megabyte of brackets takes a hundred once it is.
  if (isDeeperThan(MAX_DEPTH, bytes)) throw new Error(`It is nested deeper than ${MAX_DEPTH} levels.`);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw new Error('It is no valid JSON.');
  }
}

/** A regular expression would run out of stack in long texts. */
function isDeeperThan(limit: number, json: Buffer): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (isInText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isInText = false;
    } else if (byte === QUOTE) isInText = true;
    else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) depth++;
    else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) depth--;
    if (depth > limit) return true;
  }
  return false;
}
