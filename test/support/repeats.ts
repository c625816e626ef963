/** How often to repeat something: `full` in the long run (BACKGROUND_JOBS_TEST_LONG=1), else `reduced`. */
export function repeats(full: number, reduced: number): number {
  return process.env.BACKGROUND_JOBS_TEST_LONG === '1' ? full : reduced;
}
