/** True if tests run with their full counts, as in `npm run test:long`. */
export const isLong = process.env.BACKGROUND_JOBS_TEST_LONG === '1';

/** Share of the counts of `npm test` that `npm run test:unit` runs, so that it answers while a person waits. */
const QUICK_SHARE = 0.2;

/** Returns the first value in `npm run test:long`, and the second one in `npm test`. */
export function repeats<T>(full: T, reduced: T): T {
  return isLong ? full : reduced;
}

/** Returns how many cases of a property to try: `full` in `npm run test:long`, `count` in `npm test`, fewer in `npm run test:unit`. */
export function cases(count: number, full: number = count): number {
  if (process.env.BACKGROUND_JOBS_TEST_QUICK === '1') return Math.ceil(count * QUICK_SHARE);
  return repeats(full, count);
}
