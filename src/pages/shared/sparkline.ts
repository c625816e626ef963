/** The space of a curve, in units of its SVG. A line at the edge would be cut in half. */
const WIDTH = 100;
const HEIGHT = 20;
const MARGIN = 1;

/**
 * Draws values as a line in an `<svg viewBox="0 0 100 20">`.
 *
 * @param samples how many values fit. Fewer begin at the left, and the time axis stays the same.
 * @param most the value at the upper edge
 */
export function drawCurve(
  line: Element | null,
  values: readonly number[],
  samples: number,
  most = Math.max(1, ...values),
): void {
  const points = values.map((value, at) => {
    const x = (at / (samples - 1)) * WIDTH;
    const y = HEIGHT - MARGIN - (Math.min(value, most) / most) * (HEIGHT - 2 * MARGIN);
    return `${x},${y}`;
  });
  line?.setAttribute('points', points.join(' '));
}
