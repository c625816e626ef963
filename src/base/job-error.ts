/** An error that the caller can fix. The message consists of whole sentences, and its last one says what to do. */
export class JobError extends Error {
  override readonly name = 'JobError';
}
