import { JobError } from '../base/job-error.ts';

/** Windows has Ctrl+C, which SIGTERM and SIGINT press, and an end without warning. @throws JobError for any other signal there */
export function requireSignal(signal: NodeJS.Signals): void {
  if (process.platform !== 'win32' || ['SIGTERM', 'SIGINT', 'SIGKILL'].includes(signal)) return;
  throw new JobError(
    `Windows has no ${signal}. Use SIGTERM, which presses Ctrl+C and ends what is left after grace_s, or SIGKILL, which ` +
      'ends the job at once.',
  );
}
