const MAX_TRIES = 10;

/**
 * Takes steps, and takes them again if one fails: a click is lost if its row is drawn at the same time, and a list, a box or
 * the notifications close when something else takes the focus. A step should wait for a few seconds only.
 *
 * @param undo what comes before the next try
 */
export async function repeat(steps: () => Promise<unknown>, undo: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await steps();
      return;
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
      await undo();
    }
  }
}
