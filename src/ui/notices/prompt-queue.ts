import type { Ask } from '../../jobs/input/input-requests.ts';

/**
 * Asks one question at a time. VS Code shows only one input box. A second one would replace the first, which would then
 * look dismissed, and would receive the rest of the user's input. A question is not asked if its job ends before its turn.
 *
 * @param pauseMs pause between two boxes, so that keys typed late for one box do not reach the next
 */
export function oneAtATime(ask: Ask, pauseMs: number): Ask {
  let last = Promise.resolve();
  return (question, signal) =>
    new Promise((resolve, reject) => {
      // Resolves immediately, even if another question is being asked.
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
      last = last.then(async () => {
        if (signal.aborted) return;
        await ask(question, signal).then(resolve, reject);
        await new Promise((go) => setTimeout(go, pauseMs));
      });
    });
}
