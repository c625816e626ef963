/** Pause before the task, so that the client and the new process go first. */
const PAUSE_MS = 2;

/** Does something that a start need not wait for after it was answered. */
export class IdleTask {
  readonly #action: () => void;
  #isStarting = false;
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(action: () => void) {
    this.#action = action;
  }

  /** Runs the action soon, once for all calls until then. */
  schedule(): void {
    if (this.#isStarting || this.#timer !== undefined || this.#isDisposed) return;
    this.#isStarting = true;
    // The start blocks the thread longer than the pause. Its answer is sent before this runs.
    setImmediate(() => {
      this.#isStarting = false;
      if (this.#isDisposed) return;
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#action();
      }, PAUSE_MS);
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
  }
}
