// A build that takes a while, with colours and a warning on stderr.
import { setTimeout as delay } from 'node:timers/promises';

for (let step = 1; step <= 10; step++) {
  console.log(`\x1b[36m[${step}/10]\x1b[0m compiling part ${step}`);
  if (step === 7) console.error('\x1b[33mwarning\x1b[0m part 7 is unused');
  await delay(500);
}
console.log('\x1b[32mbuilt in 5 s\x1b[0m');
