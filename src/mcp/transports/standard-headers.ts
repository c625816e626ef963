import type { IncomingHttpHeaders } from 'node:http';
import type { JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import { quote } from '../../base/quoted-text.ts';
import { CODES, ProtocolError } from '../stateless/protocol-error.ts';
import { claimedVersion } from '../stateless/request-meta.ts';

/** With this header, the answer is an event stream that begins when the server has received the request. */
export const STREAM_HEADER = 'background-jobs-stream';

/** Which parameter the header Mcp-Name repeats, for the methods that need it. */
const NAMED_BY: Readonly<Record<string, string>> = { 'tools/call': 'name', 'resources/read': 'uri' };

/** Characters of a header that a message shows. */
const MAX_SHOWN = 100;

const BASE64 = /^=\?base64\?((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)\?=$/;

/**
 * Checks that the headers repeat what the body says, since a proxy may have decided by the headers (MCP 2026-07-28,
 * Streamable HTTP, Server Validation).
 *
 * @throws ProtocolError if one is missing, invalid, or says something else
 */
export function checkHeaders(headers: IncomingHttpHeaders, request: JSONRPCRequest): void {
  const { method, params } = request;
  compare('MCP-Protocol-Version', headers['mcp-protocol-version'], claimedVersion(params));
  compare('Mcp-Method', headers['mcp-method'], method);
  const name = nameOf(request);
  // If the parameter is missing or invalid, its own error says more.
  if (typeof name === 'string') compare('Mcp-Name', decode(headers['mcp-name']), name);
}

/** Returns the headers that repeat a request. */
export function standardHeaders(request: JSONRPCRequest): Record<string, string> {
  const values = {
    'mcp-protocol-version': claimedVersion(request.params),
    'mcp-method': request.method,
    'mcp-name': nameOf(request),
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([header, value]) =>
      typeof value === 'string' ? [[header, encode(value)]] : [],
    ),
  );
}

function nameOf({ method, params }: JSONRPCRequest): unknown {
  const parameter = Object.hasOwn(NAMED_BY, method) ? NAMED_BY[method] : undefined;
  return parameter === undefined ? undefined : params?.[parameter];
}

function compare(header: string, given: string | readonly string[] | undefined, expected: unknown): void {
  if (given === undefined) throw mismatch(`The header ${header} is missing`, expected);
  const value = String(given);
  if (value !== expected) {
    throw mismatch(
      `The header ${header} is ${quote(value, MAX_SHOWN)}, but the body says otherwise`,
      expected,
    );
  }
}

function mismatch(problem: string, expected: unknown): ProtocolError {
  const next = typeof expected === 'string' ? ` Send ${quote(expected, MAX_SHOWN)}.` : '';
  return new ProtocolError(CODES.headerMismatch, `${problem}.${next}`, { status: 400 });
}

/** Encodes a value that a header cannot carry, or that would be decoded (MCP 2026-07-28, Streamable HTTP, Value Encoding). */
function encode(value: string): string {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !value.startsWith('=?base64?');
  return isPlain ? value : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}

/** Decodes a value that is not plain ASCII (MCP 2026-07-28, Streamable HTTP, Value Encoding). */
function decode(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const value = String(header);
  if (!value.startsWith('=?base64?') || !value.endsWith('?=')) return value;
  const encoded = BASE64.exec(value)?.[1];
  if (encoded !== undefined) return Buffer.from(encoded, 'base64').toString('utf8');
  const problem = `The header Mcp-Name is ${quote(value, MAX_SHOWN)}, which is not valid Base64. Encode it again.`;
  throw new ProtocolError(CODES.headerMismatch, problem, { status: 400 });
}
