// Prints each line of its input, and exits with 4 at the end of it.
import { createInterface } from 'node:readline';

console.log('ready');
createInterface({ input: process.stdin })
  .on('line', (line) => console.log(`got ${line}`))
  .on('close', () => process.exit(4));
