/** Something that the caller can put right. The message is made of whole sentences and ends with what to do. */
export class JobError extends Error {
  override readonly name = 'JobError';
}

/** By name: bundles that are loaded apart have a class each. */
export function isJobError(error: unknown): error is JobError {
  return error instanceof Error && error.name === 'JobError';
}
