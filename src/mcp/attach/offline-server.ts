import type { JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import type { Log } from '../../base/stderr-log.ts';
import { messageOf } from './call-failures.ts';
import type * as Answers from './offline-answers.ts';

/** Pause in ms between an answer and the load, which would delay the first calls. */
const PAUSE_MS = 500;

/**
 * Answers what needs no window. The definitions of the tools are half of the code of the bridge, so they are loaded after its
 * first answer. They must not be loaded much later: an update or the removal of the extension closes the window and then
 * deletes the folder of this version.
 */
export class OfflineServer {
  readonly #log: Log;
  #loading: Promise<typeof Answers | undefined> | undefined;
  #isPlanned = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Loads the answers in a moment, once. */
  loadSoon(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setTimeout(() => void this.#load(), PAUSE_MS).unref();
  }

  /** Returns the result of a request, or undefined if there is none without a window. */
  async resultFor(request: JSONRPCRequest): Promise<Record<string, unknown> | undefined> {
    return (await this.#load())?.offlineResult(request);
  }

  #load(): Promise<typeof Answers | undefined> {
    this.#loading ??= import('./offline-answers.ts').then(
      (answers) => {
        this.#log.debug('needs no more files');
        return answers;
      },
      (error: unknown) => {
        this.#log.warn(messageOf(error));
        return undefined;
      },
    );
    return this.#loading;
  }
}
