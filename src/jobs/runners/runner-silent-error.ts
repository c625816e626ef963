import { JobError } from '../../base/job-error.ts';

/** The runner is connected, but does not answer: it is stopped or stuck. */
export class RunnerSilentError extends JobError {
  /**
   * @param pid process id of the runner
   * @param isSent false if the request was not sent at all
   */
  constructor(pid: number, isSent: boolean) {
    super(
      (isSent
        ? 'The runner of this job does not answer. The request was withdrawn, but the runner may still carry it out when ' +
          'it continues, so check the jobs before you repeat it.'
        : 'The runner of this job does not answer, so nothing was sent to it. Try again in a moment.') +
        ` If it stays this way, check whether process ${pid} is stopped or overloaded.`,
    );
  }
}
