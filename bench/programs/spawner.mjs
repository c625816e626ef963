// Runs a shell command each time it is asked to, and tells how long that took (ms) until Node's 'spawn' event. A process of
// its own, and not TypeScript: a spawn costs the more the more memory its caller holds.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

process.on('message', async ({ shell, command }) => {
  const begin = process.hrtime.bigint();
  const child = spawn(shell, ['-c', command], { stdio: 'ignore' });
  const exit = once(child, 'exit');
  await once(child, 'spawn');
  const ms = Number(process.hrtime.bigint() - begin) / 1e6;
  await exit;
  process.send(ms);
});
