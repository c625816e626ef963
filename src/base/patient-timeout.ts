/** How often a timeout looks whether its time is over. */
const LOOKS = 10;

/**
 * Calls back after a time in which what arrives was read. Time in which this process was stopped or busy counts little: it
 * reads between two looks.
 *
 * @param timeoutMs in ms
 * @returns a function that cancels it
 */
export function setPatientTimeout(act: () => void, timeoutMs: number): () => void {
  let looks = 0;
  const timer = setInterval(() => {
    looks++;
    if (looks < LOOKS) return;
    clearInterval(timer);
    act();
  }, timeoutMs / LOOKS);
  return () => clearInterval(timer);
}
