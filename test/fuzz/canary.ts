import assert from 'node:assert/strict';

/** Prints a number every now and then, each once. */
export const CANARY = 'i=0; while :; do echo "line $i"; i=$((i + 1)); sleep 0.05; done';

/** That nothing of its log is missing. @param log from its beginning on */
export function checkCanaryLog(log: string): void {
  const lines = log.split('\n').slice(0, -1);
  assert.ok(lines.length > 10, `${lines.length} lines`);
  assert.deepEqual(
    lines,
    lines.map((_, at) => `line ${at}`),
  );
}
