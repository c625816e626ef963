// Prints how Ctrl+C was handled. With `ignore` it continues.
import { setTimeout } from 'node:timers';

process.on('SIGINT', () => {
  console.log('got SIGINT');
  if (process.argv[2] !== 'ignore') process.exit(7);
});
console.log('ready');
setTimeout(() => undefined, 300_000);
