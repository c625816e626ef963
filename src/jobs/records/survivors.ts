import { JobError } from '../../base/job-error.ts';
import { clip } from '../../base/quoted-text.ts';
import type { NamedProcess } from '../../processes/tree-inspection.ts';

/** @throws JobError if processes of a job could not be ended */
export function requireEnded(survivors: readonly NamedProcess[]): void {
  if (survivors.length > 0) throw survivorsError(survivors);
}

/** Names the processes of a job that could not be ended. */
export function survivorsError(survivors: readonly NamedProcess[]): JobError {
  const named = survivors.map(({ pid, command }) => `${pid} (${clip(command, 100)})`).join(', ');
  return new JobError(`These processes of the job could not be ended: ${named}. End them first.`);
}
