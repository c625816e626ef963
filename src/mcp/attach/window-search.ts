import { setTimeout as delay } from 'node:timers/promises';
import { SECRET_HEADER } from '../../sockets/secret.ts';
import { readText, sendRequest } from './socket-request.ts';
import {
  ENDPOINT_PATH,
  listWindows,
  WINDOW_VERSION,
  type EndpointAddress,
  type WindowAddress,
} from './window-files.ts';

/** Time (ms) between two looks for a window, and for the answer of one: its first makes it load much. */
const LOOK_INTERVAL = 200;
const ANSWER_TIMEOUT = 20_000;

/** The message is made of whole sentences and ends with what to do. */
export class NoWindowError extends Error {
  override readonly name = 'NoWindowError';
}

/**
 * Waits until a window on the workspace answers.
 *
 * @param folder see `windowsFolder()`
 * @param deadline by `performance.now()`, ms; there is at least one look
 * @throws NoWindowError when it has passed
 */
export async function untilWindow(folder: string, deadline: number): Promise<EndpointAddress> {
  for (;;) {
    const { endpoint, problem } = await look(folder);
    if (endpoint !== undefined) return endpoint;
    if (performance.now() >= deadline) throw new NoWindowError(problem ?? noWindow(folder));
    await delay(LOOK_INTERVAL);
  }
}

interface Look {
  readonly endpoint?: EndpointAddress;
  /** Why a window that is there cannot be used. */
  readonly problem?: string;
}

/** Asks the windows, newest first: one that was killed left its address, and one that is just ending its own, too. */
async function look(folder: string): Promise<Look> {
  let problem: string | undefined;
  for (const { address } of await listWindows(folder)) {
    const result = await ask(address).catch(() => undefined);
    if (result?.endpoint !== undefined) return result;
    problem ??= result?.problem;
  }
  return problem === undefined ? {} : { problem };
}

/** @throws the error of the connection */
async function ask({ v, socket, secret }: WindowAddress): Promise<Look> {
  if (v !== WINDOW_VERSION) {
    return {
      problem:
        'The window of VS Code runs another version of Background Jobs. Reload it, and use the "dist/stdio.js" of ' +
        'the version that it runs.',
    };
  }
  const response = await sendRequest({
    socket,
    path: ENDPOINT_PATH,
    method: 'GET',
    headers: { [SECRET_HEADER]: secret },
    timeout: ANSWER_TIMEOUT,
  });
  const text = await readText(response);
  if (response.statusCode === 200) return { endpoint: JSON.parse(text) as EndpointAddress };
  if (response.statusCode !== 500) return {};
  const { error } = JSON.parse(text) as { error: string };
  return { problem: `The window of VS Code cannot open its MCP server: ${error} Reload the window.` };
}

function noWindow(folder: string): string {
  return (
    `No window of VS Code with Background Jobs has this workspace open (none answers in ${folder}). ` +
    'Open its folder in VS Code, or start the server without --attach: it then has jobs of its own.'
  );
}
