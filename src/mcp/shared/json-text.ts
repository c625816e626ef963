import { isUtf8 } from 'node:buffer';

/** Levels of nesting. Our own messages need six; V8 and zod overflow the stack at several thousand. */
const MAX_DEPTH = 64;

const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = Buffer.from('"\\[]{}');

/**
 * Parses JSON from a client.
 *
 * @throws Error whose message is a sentence for the client: invalid UTF-8, invalid JSON, or nested too deeply
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Error('It is not valid UTF-8.');
  // Checked before parsing, since a megabyte of brackets takes 100 MB once it is parsed.
  if (isDeeperThan(MAX_DEPTH, bytes)) throw new Error(`It is nested deeper than ${MAX_DEPTH} levels.`);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    // V8's message quotes the text, which may be long.
    throw new Error('It is not valid JSON.');
  }
}

/**
 * Parses a message or a batch from a client, and removes the null members of `params` at every level: clients written
 * in Go, Java or C# send null for whatever is absent.
 *
 * @throws Error as `parseJson()` does
 */
export function parseMessage(bytes: Buffer): unknown {
  const body = parseJson(bytes);
  for (const message of Array.isArray(body) ? (body as unknown[]) : [body]) {
    if (typeof message !== 'object' || message === null || !('params' in message)) continue;
    if (message.params === null) delete message.params;
    else removeNulls(message.params);
  }
  return body;
}

function removeNulls(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (member !== null) removeNulls(member);
    else if (!Array.isArray(value)) Reflect.deleteProperty(value, key);
  }
}

/** Scans bytes, since a regular expression would overflow the stack on long texts. */
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
