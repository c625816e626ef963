/** The statistics of the report. All of them throw on an empty sample, which is a bug of the caller. */

function sorted(values: readonly number[]): number[] {
  if (values.length === 0) throw new Error('No values to summarise');
  return values.toSorted((a, b) => a - b);
}

export function median(values: readonly number[]): number {
  const ordered = sorted(values);
  const upper = ordered[ordered.length >> 1] ?? NaN;
  const lower = ordered[(ordered.length - 1) >> 1] ?? NaN;
  return (lower + upper) / 2;
}

export interface Summary {
  median: number;
  min: number;
  max: number;
}

export function summarise(values: readonly number[]): Summary {
  const ordered = sorted(values);
  return { median: median(ordered), min: ordered[0] ?? NaN, max: ordered.at(-1) ?? NaN };
}

/** The value that the given share (0 to 1) of the values does not exceed, by the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const ordered = sorted(values);
  return ordered[Math.max(0, Math.ceil(share * ordered.length) - 1)] ?? NaN;
}
