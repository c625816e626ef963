// Loaded into the VS Code server before its own code. The server exits, with its process group, when the process that
// started it is gone for any reason. (Child processes of the server inherit its arguments and load this file, too.
// For them, descriptor 3 is something else.)
import { Socket } from 'node:net';
import process from 'node:process';

if (process.argv[1]?.endsWith('server-main.js')) {
  const parent = new Socket({ fd: 3 });
  parent.on('error', () => undefined).on('close', () => process.kill(-process.pid, 'SIGTERM'));
  parent.resume().unref();
}
