import { request } from 'node:http';
import { Readable } from 'node:stream';

/** Creates a `fetch` for a unix socket that adds headers, as VS Code's MCP client does. */
export function socketFetch(socketPath: string, headers: Readonly<Record<string, string>>) {
  return (url: string | URL, init: RequestInit = {}): Promise<Response> =>
    new Promise((resolve, reject) => {
      const { pathname } = new URL(url);
      const all = { ...Object.fromEntries(new Headers(init.headers)), ...headers };
      const { method = 'GET' } = init;
      const outgoing = request({ socketPath, path: pathname, method, headers: all }, (incoming) => {
        const { statusCode: status = 0, headers: received } = incoming;
        const body = status === 204 || status === 202 ? null : (Readable.toWeb(incoming) as ReadableStream);
        resolve(new Response(body, { status, headers: received as Record<string, string> }));
      });
      outgoing.on('error', reject);
      init.signal?.addEventListener('abort', () => outgoing.destroy(new Error('aborted')));
      outgoing.end(init.body ?? undefined);
    });
}
