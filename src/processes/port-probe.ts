import { connect } from 'node:net';

const LOOPBACK = ['127.0.0.1', '::1'] as const;
/** A connection on loopback that takes longer is not being accepted. */
const CONNECT_TIMEOUT_MS = 1000;

/** Returns true if a process accepts TCP connections on this port of the loopback interface. */
export async function isPortOpen(port: number): Promise<boolean> {
  const open = await Promise.all(LOOPBACK.map((host) => canConnect(host, port)));
  return open.includes(true);
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const finish = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => {
      finish(true);
    });
    for (const failure of ['error', 'timeout']) {
      socket.once(failure, () => {
        finish(false);
      });
    }
  });
}
