/** Whether the tests run with their full counts, as `npm run test:long` has them. */
export const isLong = process.env.BACKGROUND_JOBS_TEST_LONG === '1';

/** How often (or with what) to do something in `npm run test:long`, and in `npm test`. */
export function repeats<T>(full: T, reduced: T): T {
  return isLong ? full : reduced;
}
