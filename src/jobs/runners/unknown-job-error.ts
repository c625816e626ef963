/** The runner does not know the job: it has forgotten one that finished. */
export class UnknownJobError extends Error {
  override readonly name = 'UnknownJobError';
}
