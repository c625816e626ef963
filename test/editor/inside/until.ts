/** Polls until a condition is true. Use it only if no event reports the change. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  patienceMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`This did not become true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
