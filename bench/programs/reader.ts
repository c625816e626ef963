/** Does the same as reader.c, for machines without a C compiler. */
import { readSync } from 'node:fs';

const buffer = Buffer.alloc(65_536);
let total = 0;
for (;;) {
  const length = readSync(0, buffer);
  if (length === 0) break;
  total += length;
}
console.log(total);
