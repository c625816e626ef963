import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Page } from 'playwright-core';
import type { PageAnswer, PageCall } from '../page-calls.ts';

const address = process.env.EDITOR_TEST_PAGE;

/** True if VS Code runs in a page, false on a desktop. */
export const hasPage = address !== undefined;

/**
 * Runs a function with Playwright's page of this window, for real clicks and keys. The function is sent as text, so it
 * can use only its parameters.
 *
 * @param argument a JSON value
 */
export async function inPage<R = void, A = undefined>(
  action: (page: Page, argument: A) => R | Promise<R>,
  argument?: A,
): Promise<R> {
  if (address === undefined) throw new Error('This VS Code is not in a browser; ask hasPage first.');
  const socket = connect({ path: address, allowHalfOpen: true });
  socket.end(JSON.stringify({ action: action.toString(), argument } satisfies PageCall));
  const answer = JSON.parse(await text(socket)) as PageAnswer;
  if ('error' in answer) throw new Error(answer.error);
  return answer.result as R;
}

/** @returns the path of a PNG of the whole window */
export async function screenshot(name: string): Promise<string> {
  const path = join(process.env.EDITOR_TEST_SCREENSHOTS ?? '.', `${name.replaceAll(/[^\w.-]+/g, '-')}.png`);
  await inPage((page, path) => page.screenshot({ path }).then(() => undefined), path);
  return path;
}
