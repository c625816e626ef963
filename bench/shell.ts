/** The shell of all jobs, which every POSIX system has. */
export const SHELL = '/bin/sh';
