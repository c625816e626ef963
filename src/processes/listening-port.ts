import { readFile } from 'node:fs/promises';
import { isPortOpen } from './port-probe.ts';

/** State of a listening socket in /proc/net/tcp (TCP_LISTEN in the kernel's tcp_states.h). */
export const LISTEN = '0A';

/**
 * Returns true if a process accepts connections on a port. On Linux the kernel's list is looked at first, because each
 * connection may appear in the log of a server.
 */
export async function isListening(port: number): Promise<boolean> {
  return (await isListed(port)) || (await isPortOpen(port));
}

async function isListed(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(
    // Without IPv6 there is only one.
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/self/net/${name}`, 'latin1').catch(() => '')),
  );
  return tables
    .join('')
    .split('\n')
    .some((line) => {
      const [, address, , state] = line.trim().split(/\s+/);
      return state === LISTEN && address?.endsWith(local) === true;
    });
}
