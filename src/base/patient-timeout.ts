/** How often a timeout looks whether its time is over. */
const LOOKS = 10;

/**
 * A timeout for an answer. If this process was stopped or busy, it may not have read the answer yet. So only time in which
 * it could read counts: at most a tenth of the timeout passes between two reads.
 *
 * @param timeoutMs in ms
 * @returns a function that cancels it
 */
export function setPatientTimeout(giveUp: () => void, timeoutMs: number): () => void {
  let looks = 0;
  const timer = setInterval(() => {
    looks++;
    if (looks < LOOKS) return;
    clearInterval(timer);
    giveUp();
  }, timeoutMs / LOOKS);
  return () => clearInterval(timer);
}
