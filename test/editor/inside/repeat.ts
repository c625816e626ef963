/** How long steps may fail on a busy machine, for example right after a window opens. */
const PATIENCE_MS = 120_000;
/** A step may repeat steps of its own, and use up that time. */
const MIN_TRIES = 3;

/**
 * Takes steps, and takes them again if one fails: a click is lost if its row is drawn at the same time, and a list, a box or
 * the notifications close when something else takes the focus. A step should wait for a few seconds only.
 *
 * @param undo what comes before the next try
 */
export async function repeat(steps: () => Promise<unknown>, undo: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let tries = 1; ; tries++) {
    try {
      await steps();
      return;
    } catch (error) {
      if (tries >= MIN_TRIES && performance.now() > deadline) throw error;
      await undo();
    }
  }
}
