import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Page } from 'playwright-core';
import type { PageAnswer, PageCall } from '../page-calls.ts';

const address = process.env.EDITOR_TEST_PAGE;

/** Whether there is a page to look at: not on a desktop VS Code. */
export const hasPage = address !== undefined;

/**
 * Runs a function as the person before the screen, with Playwright's page of this very window: real clicks, keys
 * and looks. The function travels as text, so it sees its parameters and nothing else of this file.
 *
 * @param argument JSON
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
