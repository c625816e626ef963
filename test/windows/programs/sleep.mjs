// Prints `ready` with a name, and sleeps.
import { setTimeout } from 'node:timers';

console.log(`ready ${process.argv[2] ?? ''}`);
setTimeout(() => undefined, 300_000);
