import { adviceForFileError, describeFileError } from './file-error.ts';
import { JobError } from './job-error.ts';

/** Returns the message of anything that was thrown. For an error of the file system, it names the path and says what to do. */
export function messageOf(error: unknown): string {
  const advice = adviceForFileError(error);
  if (advice !== undefined) return `${describeFileError(error)} ${advice}`;
  return error instanceof Error ? error.message : String(error);
}

/** Returns true if `messageOf` says what to do. */
export function isExplained(error: unknown): boolean {
  return error instanceof JobError || adviceForFileError(error) !== undefined;
}

/** Says in whole sentences why a request failed, and what its caller can do. */
export function explainFailure(error: unknown): string {
  const message = messageOf(error);
  if (isExplained(error)) return message;
  return `Internal error of the job server: ${asSentence(message)} Try again. If the error persists, restart the server.`;
}

/** Adds the full stop that messages of Node and other libraries lack. */
export function asSentence(text: string): string {
  return /[.!?…]["')\]]?$/.test(text) ? text : `${text}.`;
}
