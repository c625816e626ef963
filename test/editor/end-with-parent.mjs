// Loaded into the VS Code server before its own code: it ends, with its process group, when the process that
// started it is gone, however that ended. (The server's children load this too, by inheritance of arguments;
// for them descriptor 3 is something else.)
import { Socket } from 'node:net';
import process from 'node:process';

if (process.argv[1]?.endsWith('server-main.js')) {
  const parent = new Socket({ fd: 3 });
  parent.on('error', () => undefined).on('close', () => process.kill(-process.pid, 'SIGTERM'));
  parent.resume().unref();
}
