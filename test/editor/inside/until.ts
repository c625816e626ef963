/** Polls until the condition holds: for what no event tells of. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  patienceMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`This did not come true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
