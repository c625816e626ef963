import { setTimeout as delay } from 'node:timers/promises';
import { describeFileError } from '../../base/file-error.ts';
import { SECRET_HEADER } from '../../sockets/secret.ts';
import { readText, sendRequest } from './socket-request.ts';
import {
  ENDPOINT_PATH,
  type EndpointAddress,
  listWindows,
  WINDOW_VERSION,
  type WindowAddress,
} from './window-files.ts';

const LOOK_INTERVAL_MS = 200;
/** Timeout for the answer of a single window at the last moment. It is long, because the first request loads much code. */
const LAST_ANSWER_MS = 5000;
/** Head start of a newer window before an older one is asked as well. */
const HEAD_START_MS = 1000;

/** No window can be used. The message consists of whole sentences and ends with what to do. */
export class NoWindowError extends Error {
  override readonly name = 'NoWindowError';
}

/**
 * Waits until a window on the workspace answers.
 *
 * @param folder see `windowsFolder()`
 * @param deadline in ms of `performance.now()`. There is at least one search
 * @throws NoWindowError after the deadline, or immediately if the folder cannot be read
 */
export async function untilWindow(folder: string, deadline: number): Promise<EndpointAddress> {
  let timeoutMs = Math.max(deadline - performance.now(), LAST_ANSWER_MS);
  for (;;) {
    const { endpoint, problem } = await look(folder, timeoutMs);
    if (endpoint !== undefined) return endpoint;
    timeoutMs = deadline - performance.now();
    if (timeoutMs <= 0) throw new NoWindowError(problem ?? noWindow(folder));
    await delay(LOOK_INTERVAL_MS);
  }
}

interface Look {
  readonly endpoint?: EndpointAddress;
  /** The reason why an existing window cannot be used. */
  readonly problem?: string;
}

/**
 * Asks the windows, newest first. A window that was killed leaves its address, and one that hangs or closes does
 * not answer. So the next one is asked after a head start.
 */
async function look(folder: string, timeoutMs: number): Promise<Look> {
  let problem: string | undefined;
  const asked: Promise<EndpointAddress>[] = [];
  const answered = (): Promise<EndpointAddress | undefined> => Promise.any(asked).catch(() => undefined);
  for (const { address } of await readWindows(folder)) {
    const asking = ask(address, timeoutMs);
    asking.catch((error: unknown) => {
      if (error instanceof NoWindowError) problem ??= error.message;
    });
    asked.push(asking);
    const endpoint = await Promise.race([answered(), delay(HEAD_START_MS)]);
    if (endpoint !== undefined) return { endpoint };
  }
  const endpoint = await answered();
  if (endpoint !== undefined) return { endpoint };
  return problem === undefined ? {} : { problem };
}

async function readWindows(folder: string): ReturnType<typeof listWindows> {
  try {
    return await listWindows(folder);
  } catch (error) {
    throw new NoWindowError(
      `The folder with the addresses of VS Code windows cannot be read. ${describeFileError(error)} ` +
        'Make it readable for this user, then reload the window.',
    );
  }
}

/** @throws NoWindowError if the window cannot be used; the error of the connection */
async function ask({ v, socket, secret }: WindowAddress, timeout: number): Promise<EndpointAddress> {
  if (v !== WINDOW_VERSION) {
    throw new NoWindowError(
      'The window of VS Code runs another version of Background Jobs. Reload it, and use the "dist/stdio.js" of ' +
        'the version that it runs.',
    );
  }
  const response = await sendRequest({
    socket,
    path: ENDPOINT_PATH,
    method: 'GET',
    headers: { [SECRET_HEADER]: secret },
    timeout,
  });
  const text = await readText(response);
  if (response.statusCode === 200) return JSON.parse(text) as EndpointAddress;
  if (response.statusCode !== 500) throw new Error(`HTTP status ${response.statusCode ?? 0}`);
  const { error } = JSON.parse(text) as { error: string };
  throw new NoWindowError(`The window of VS Code cannot open its MCP server: ${error} Reload the window.`);
}

function noWindow(folder: string): string {
  return (
    `No window of VS Code with Background Jobs has this workspace open (none answers in ${folder}). ` +
    'Open its folder in VS Code, and trust it if the window is in Restricted Mode. ' +
    'Or start the server without --attach: it then has jobs of its own.'
  );
}
