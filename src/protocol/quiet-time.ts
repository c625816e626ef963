/**
 * How quiet a job must be to count as waiting for input, in ms. A program that has just printed or got input may look for a
 * moment as if it waited.
 */
export const MIN_QUIET_MS = 50;
