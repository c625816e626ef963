import { type LoggingLevel, LoggingLevelSchema } from '@modelcontextprotocol/sdk/types.js';
import { quote } from '../../base/quoted-text.ts';
import { CODES, ProtocolError } from './protocol-error.ts';

/** The revisions of the protocol without sessions that the server supports. */
export const VERSIONS: readonly string[] = ['2026-07-28'];

/** Keys of `_meta` (MCP 2026-07-28, Base Protocol, `_meta`). */
export const META = {
  version: 'io.modelcontextprotocol/protocolVersion',
  capabilities: 'io.modelcontextprotocol/clientCapabilities',
  client: 'io.modelcontextprotocol/clientInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  subscription: 'io.modelcontextprotocol/subscriptionId',
  server: 'io.modelcontextprotocol/serverInfo',
} as const;

/** Methods that exist only in this era. They need no other sign of it. */
const METHODS = new Set(['server/discover', 'subscriptions/listen']);

/** Characters of a value of the client that a message shows. */
const MAX_SHOWN = 100;

/** What every request carries, since there is no session. */
export interface RequestMeta {
  readonly version: string;
  readonly capabilities: Readonly<Record<string, unknown>>;
  /** The name of the client. */
  readonly client?: string | undefined;
  /** The least severe level of log messages for the request. Without one, none are sent. */
  readonly logLevel?: LoggingLevel;
}

/**
 * Returns true if a message belongs to MCP 2026-07-28 or later: it names its version, or its method or header is of that
 * era. An `initialize` request belongs to the earlier era, unless it claims a version that we support. So does a batch,
 * unless one of its messages names a version.
 *
 * @param header the value of MCP-Protocol-Version
 */
export function isStateless(body: unknown, header?: unknown): boolean {
  const isByHeader = VERSIONS.includes(header as string);
  if (Array.isArray(body)) return isByHeader || body.some((message) => claimOf(message) !== undefined);
  const method = isObject(body) ? body.method : undefined;
  const claimed = claimOf(body);
  if (method === 'initialize') return VERSIONS.includes(claimed as string);
  return claimed !== undefined || METHODS.has(method as string) || isByHeader;
}

function claimOf(message: unknown): unknown {
  return isObject(message) ? claimedVersion(message.params) : undefined;
}

/** Returns the version that a request names, if it names one. */
export function claimedVersion(params: unknown): unknown {
  return metaOf(params)?.[META.version];
}

/** @throws ProtocolError if something is missing or invalid */
export function readMeta(params: unknown): RequestMeta {
  const meta = metaOf(params) ?? {};
  const version = meta[META.version];
  if (typeof version !== 'string') throw malformed(META.version, version, 'a version of the protocol');
  const { [META.capabilities]: capabilities, [META.client]: client, [META.logLevel]: level } = meta;
  if (!isObject(capabilities)) throw malformed(META.capabilities, capabilities, 'an object');
  const name = isObject(client) ? client.name : undefined;
  if (client !== undefined && typeof name !== 'string') {
    throw malformed(META.client, client, 'an object with a name');
  }
  const logLevel = LoggingLevelSchema.optional().safeParse(level);
  if (!logLevel.success) {
    throw malformed(META.logLevel, level, `one of ${LoggingLevelSchema.options.join(', ')}`);
  }
  return {
    version,
    capabilities,
    client: typeof name === 'string' ? name : undefined,
    ...(logLevel.data !== undefined && { logLevel: logLevel.data }),
  };
}

/** @throws ProtocolError if we do not support the version */
export function checkVersion(version: string): void {
  if (VERSIONS.includes(version)) return;
  throw new ProtocolError(
    CODES.unsupportedVersion,
    `The protocol version ${quote(version, MAX_SHOWN)} is not supported. Use ${VERSIONS.join(', ')}, or initialize a session.`,
    { status: 400, data: { supported: VERSIONS, requested: version } },
  );
}

function malformed(key: string, given: unknown, expected: string): ProtocolError {
  const problem = given === undefined ? 'is missing' : 'is wrong';
  const message = `The member "${key}" of params._meta ${problem}. It must be ${expected}.`;
  return new ProtocolError(CODES.invalidParams, message, { status: 400 });
}

function metaOf(params: unknown): Readonly<Record<string, unknown>> | undefined {
  const meta = isObject(params) ? params._meta : undefined;
  return isObject(meta) ? meta : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
