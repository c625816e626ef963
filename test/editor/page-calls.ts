import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { runInThisContext } from 'node:vm';
import type { Page } from 'playwright-core';

/** What `inPage()` of an in-editor test sends: the source text of a function, and its argument as JSON. */
export interface PageCall {
  readonly action: string;
  readonly argument: unknown;
}

export type PageAnswer = { readonly result: unknown } | { readonly error: string };

/**
 * Lets tests in the extension host act as the user. They send functions over a socket, which run here with Playwright's
 * page.
 */
export async function servePageCalls(
  folder: string,
  page: Page,
): Promise<{ address: string; close(): void }> {
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\page-${process.pid}` : join(folder, 'page');
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    void answer(socket, page);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(address, resolve);
  });
  return { address, close: () => server.close() };
}

async function answer(socket: Socket, page: Page): Promise<void> {
  let reply: PageAnswer;
  try {
    const { action, argument } = JSON.parse(await text(socket)) as PageCall;
    const run = runInThisContext(`(${action})`) as (page: Page, argument: unknown) => unknown;
    reply = { result: await run(page, argument) };
  } catch (error) {
    reply = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  socket.end(JSON.stringify(reply));
}
