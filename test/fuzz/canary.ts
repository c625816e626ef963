import assert from 'node:assert/strict';

/** Prints increasing numbers. */
export const CANARY = 'i=0; while :; do echo "line $i"; i=$((i + 1)); sleep 0.05; done';

/** Asserts that the log is complete. @param log from its beginning */
export function checkCanaryLog(log: string): void {
  const lines = log.split('\n').slice(0, -1);
  assert.ok(lines.length > 10, `${lines.length} lines`);
  assert.deepEqual(
    lines,
    lines.map((_, at) => `line ${at}`),
  );
}
