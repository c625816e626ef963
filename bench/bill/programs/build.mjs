// build.mjs SECONDS SECOND_MS: a build with a line a second.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const seconds = Number(process.argv[2]);
for (let second = 1; second <= seconds; second++) {
  console.log(`[${String(second)}/${String(seconds)}] compiling package number ${String(second)}`);
  await sleep(Number(process.argv[3]));
}
console.log('Build succeeded');
