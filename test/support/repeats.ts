/** True if tests run with their full counts, as in `npm run test:long`. */
export const isLong = process.env.BACKGROUND_JOBS_TEST_LONG === '1';

/** Returns the first value in `npm run test:long`, and the second one in `npm test`. */
export function repeats<T>(full: T, reduced: T): T {
  return isLong ? full : reduced;
}
