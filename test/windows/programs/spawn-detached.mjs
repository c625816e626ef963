// Starts a detached process that sleeps, and then exits or, with `stay`, sleeps as well.
import { spawn } from 'node:child_process';
import { setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

const sleep = fileURLToPath(new URL('sleep.mjs', import.meta.url));
const child = spawn(process.execPath, [sleep, 'detached'], {
  detached: true,
  stdio: ['ignore', 'inherit', 'ignore'],
});
child.unref();
if (process.argv[2] === 'stay') setTimeout(() => undefined, 300_000);
