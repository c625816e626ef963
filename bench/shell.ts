/** The shell of all jobs: the one that every system of this kind has. */
export const SHELL = '/bin/sh';
