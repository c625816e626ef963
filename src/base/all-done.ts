/**
 * Waits for all promises, also if some of them reject.
 *
 * @throws the error of the one that rejected, or an AggregateError with those of several
 */
export async function allDone(promises: Iterable<Promise<unknown>>): Promise<void> {
  const results = await Promise.allSettled(promises);
  const errors = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} of ${results.length} failed.`);
  if (errors.length === 1) throw errors[0];
}
