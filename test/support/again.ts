/** How often an action is tried. */
const TRIES = 3;

/**
 * Runs an action, and again if it fails: for what the product waits for only so long, such as the answer of a job to its
 * input. On a busy machine that may come too late, but not each time. Each try has to use jobs of its own.
 */
export async function again<T>(action: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}
