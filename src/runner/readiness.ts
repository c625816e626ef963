export interface ReadinessListener {
  /**
   * Called when the job becomes ready, and when it no longer is.
   *
   * @param isOwnPort of a port that was opened: whether a process of the job listens on it
   */
  readonly onReady: (isReady: boolean, isOwnPort?: boolean) => void;
  /** Called if it cannot be found out any more, with the reason in whole sentences. */
  readonly onError: (reason: string) => void;
}

/** Watches when a running job is ready. */
export interface Readiness {
  /** Looks now. Resolves when the listener has been called, if there is anything to report. Never rejects. */
  check(): Promise<void>;
  /** Call it when the job has printed something. @param isAwaited the job cannot print more until it was looked at */
  grew(isAwaited: boolean): void;
  /** The listener is not called any more. */
  stop(): void;
}
