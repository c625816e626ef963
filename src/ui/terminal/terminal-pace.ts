import { setTimeout as delay } from 'node:timers/promises';

/** UTF-16 units that may be on their way to a terminal before it is asked whether it has drawn them. */
const WINDOW = 64 * 1024;
/** Pause (ms) between such portions: at most 4 MB a second, which leaves both processes time for other things. */
const PAUSE = 16;
/** How long (ms) an answer is waited for. One in a page that is frozen gives none; it must not be flooded, either. */
const PATIENCE = 30_000;

/**
 * Back-pressure for a terminal. VS Code has none for those of extensions: it takes whatever is written, and keeps it
 * until the window can draw it. But a terminal answers questions in the output in their order, so an answer says that
 * all before it has been drawn.
 */
export class TerminalPace {
  readonly #ask: () => void;
  #unanswered = 0;
  #onAnswer: (() => void) | undefined;

  /** @param ask puts the question behind what was written */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** The terminal answered. */
  answered(): void {
    this.#onAnswer?.();
  }

  /** Resolves when more may be written, or the signal aborts. */
  async wrote(length: number, signal: AbortSignal): Promise<void> {
    this.#unanswered += length;
    if (this.#unanswered < WINDOW || signal.aborted) return;
    this.#unanswered = 0;
    const enough = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
    const answer = new Promise<void>((resolve) => {
      this.#onAnswer = resolve;
      enough.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#ask();
    await Promise.all([answer, delay(PAUSE, undefined, { signal }).catch(() => undefined)]);
    this.#onAnswer = undefined;
  }
}
