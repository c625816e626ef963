// Runs a shell command on each request and reports how long it took (ms) until Node's 'spawn' event. It is a separate
// process, and not TypeScript, because a spawn costs more if its caller holds more memory.
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
