/** The space of a curve, in units of its SVG. A line at the edge would be cut in half. */
const WIDTH = 100;
const HEIGHT = 20;
const MARGIN = 1;

/**
 * Draws values as the path of an `<svg viewBox="0 0 100 20">`. Null is a gap.
 *
 * @param samples how many values fit. Fewer begin at the left, and the time axis stays the same.
 * @param most the value at the upper edge
 */
export function drawCurve(
  path: Element | null,
  values: readonly (number | null)[],
  samples: number,
  most = Math.max(1, ...values.map((value) => value ?? 0)),
): void {
  const steps = values.map((value, at) => {
    if (value === null) return '';
    const isFirst = at === 0 || values[at - 1] === null;
    // A value between two gaps is a dot.
    const isAlone = isFirst && (values[at + 1] ?? null) === null;
    const x = round((at / (samples - 1)) * WIDTH);
    const y = round(HEIGHT - MARGIN - (Math.min(value, most) / most) * (HEIGHT - 2 * MARGIN));
    return `${isFirst ? 'M' : 'L'}${x} ${y}${isAlone ? 'h0.2' : ''}`;
  });
  path?.setAttribute('d', steps.join(''));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
