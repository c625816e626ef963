import { adviceForFileError, describeFileError } from './file-error.ts';
import { JobError } from './job-error.ts';

const REPLACED =
  'A file of Background Jobs is gone, most likely since it was built or installed again while it was running. Restart ' +
  'the server, or reload the window of VS Code.';

/** Returns the message of anything that was thrown. For an error of the file system, it names the path and says what to do. */
export function messageOf(error: unknown): string {
  const advice = adviceForFileError(error);
  if (advice !== undefined) return `${describeFileError(error)} ${advice}`;
  if (isMissingModule(error)) return REPLACED;
  return error instanceof Error ? error.message : String(error);
}

/** Returns true if `messageOf` says what to do. */
export function isExplained(error: unknown): boolean {
  return error instanceof JobError || adviceForFileError(error) !== undefined || isMissingModule(error);
}

/** Code behind an import() and workers are loaded at their first use. */
function isMissingModule(error: unknown): boolean {
  return (
    error instanceof Error && /^(ERR_)?MODULE_NOT_FOUND$/.test((error as NodeJS.ErrnoException).code ?? '')
  );
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
