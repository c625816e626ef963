import type { IncomingMessage } from 'node:http';
import { quote } from '../../base/quoted-text.ts';
import { isSameSecret, SECRET_HEADER } from '../../sockets/secret.ts';

/** The path of the endpoint. */
export const PATH = '/mcp';

/** Characters of a header that a message shows. */
const MAX_SHOWN = 100;

const METHODS = ['POST', 'GET', 'DELETE'];
/** VS Code, and `http.request` with a socket, send `localhost`. A proxy may send its own address. */
const LOOPBACK = String.raw`(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?`;
const HOST = new RegExp(`^${LOOPBACK}$`, 'i');
const ORIGIN = new RegExp(`^https?://${LOOPBACK}$`, 'i');

/** An HTTP status, and a message for the client. */
export interface Refusal {
  readonly status: number;
  readonly problem: string;
}

/**
 * Returns why a request is refused by its headers, or undefined if it may pass. Without the secret it gets 404 and no
 * message, since 401 and 403 make VS Code ask the user to sign in. With the secret, a host or origin that is not this
 * machine means that a web page was redirected here (MCP 2025-11-25, Transports, Security Warning).
 */
export function refusalOf({ url, method, headers }: IncomingMessage, secret: string): Refusal | undefined {
  if (url !== PATH || !isSameSecret(headers[SECRET_HEADER], secret)) return { status: 404, problem: '' };
  const { host = '', origin } = headers;
  if (!HOST.test(host)) {
    return {
      status: 403,
      problem: `The host ${quote(host, MAX_SHOWN)} is not served here. Send Host: localhost.`,
    };
  }
  if (origin !== undefined && !ORIGIN.test(origin)) {
    return {
      status: 403,
      problem: `Pages of ${quote(origin, MAX_SHOWN)} are not served here. Send no Origin.`,
    };
  }
  if (!METHODS.includes(method ?? '')) {
    return { status: 405, problem: `The method ${method} is not supported. Use ${METHODS.join(', ')}.` };
  }
  return undefined;
}

/** The value of the header `allow` (RFC 9110, 15.5.6). */
export const ALLOWED = METHODS.join(', ');
