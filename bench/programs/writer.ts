/** Does the same as writer.c, for machines without a C compiler: `writer.ts LINES WRITE_BYTES [INTERVAL_MS]`. */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const LINE_BYTES = 100;
const DIGITS = 12;

function writeAll(bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length;) offset += writeSync(1, bytes, offset);
}

const lines = Number(process.argv[2]);
const writeBytes = Number(process.argv[3]);
const intervalMs = Number(process.argv[4] ?? 0);
const filler = ` ${'x'.repeat(LINE_BYTES - DIGITS - 2)}\n`;
const buffer = Buffer.alloc(writeBytes + LINE_BYTES);
let filled = 0;
for (let number = 0; number < lines; number++) {
  filled += buffer.write(String(number).padStart(DIGITS, '0') + filler, filled, 'latin1');
  if (filled < writeBytes) continue;
  writeAll(buffer.subarray(0, writeBytes));
  if (intervalMs > 0) await sleep(intervalMs);
  buffer.copyWithin(0, writeBytes, filled);
  filled -= writeBytes;
}
writeAll(buffer.subarray(0, filled));
