/** Name of the variable in each job's environment that marks all its descendants. */
export const COOKIE = 'BACKGROUND_JOBS_JOB_ID';
