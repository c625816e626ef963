import type { IncomingMessage } from 'node:http';
import { isSameSecret, SECRET_HEADER } from '../../sockets/secret.ts';

/** Path of the URL. */
export const PATH = '/mcp';

const METHODS = ['POST', 'GET', 'DELETE'];
/** VS Code, and `http.request` with a socket, say `localhost`; a proxy may say its own address. */
const LOOPBACK = String.raw`(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?`;
const HOST = new RegExp(`^${LOOPBACK}$`, 'i');
const ORIGIN = new RegExp(`^https?://${LOOPBACK}$`, 'i');

/** An HTTP status, and words for whoever asked. */
export interface Refusal {
  readonly status: number;
  readonly problem: string;
}

/**
 * Why a request is refused before anything of it is read; undefined when it may pass. Without the secret it gets 404
 * and no word: 401 and 403 make VS Code ask the user to sign in. With it, a name that is not this machine's means that
 * somebody's page was led here (MCP 2025-11-25, Transports, Security Warning).
 */
export function refusalOf({ url, method, headers }: IncomingMessage, secret: string): Refusal | undefined {
  if (url !== PATH || !isSameSecret(headers[SECRET_HEADER], secret)) return { status: 404, problem: '' };
  const { host = '', origin } = headers;
  if (!HOST.test(host)) {
    return { status: 403, problem: `The host "${host}" is not served here. Send Host: localhost.` };
  }
  if (origin !== undefined && !ORIGIN.test(origin)) {
    return { status: 403, problem: `Pages of ${origin} are not served here. Send no Origin.` };
  }
  if (!METHODS.includes(method ?? '')) {
    return { status: 405, problem: `There is no ${method} here. Use ${METHODS.join(', ')}.` };
  }
  return undefined;
}

/** For the header `allow` (RFC 9110, 15.5.6). */
export const ALLOWED = METHODS.join(', ');
