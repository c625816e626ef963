/** The runner exited before it answered. If it was not killed, it has undone what it had begun for this request. */
export class RunnerGoneError extends Error {
  override readonly name = 'RunnerGoneError';
}
