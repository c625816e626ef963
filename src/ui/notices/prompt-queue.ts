import type { Ask } from '../../jobs/input-requests.ts';

/**
 * Has questions wait for each other. VS Code has room for one box: a second one takes the place of the first, which then
 * looks dismissed, and gets the rest of what is being typed. A question whose job has ended meanwhile is not asked.
 *
 * @param pauseMs between two boxes: who types on into one that is gone, or presses Enter twice, does not mean the next
 */
export function inTurn(ask: Ask, pauseMs: number): Ask {
  let last = Promise.resolve();
  return (question, signal) =>
    new Promise((resolve, reject) => {
      // At once, also while another has its turn.
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
      last = last.then(async () => {
        if (signal.aborted) return;
        await ask(question, signal).then(resolve, reject);
        await new Promise((go) => setTimeout(go, pauseMs));
      });
    });
}
