/** Does the same as ticker.c, for machines without a C compiler: `ticker.ts LINES INTERVAL_MS`. */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const lines = Number(process.argv[2]);
const intervalMs = Number(process.argv[3]);
for (let number = 0; number < lines; number++) {
  writeSync(1, `tick ${String(number)} ${String(process.hrtime.bigint())}\n`);
  await sleep(intervalMs);
}
