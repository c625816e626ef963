import { connect } from 'node:net';

const LOOPBACK = ['127.0.0.1', '::1'] as const;
/** A connection on loopback that takes longer (ms) is not being accepted. */
const PATIENCE = 1000;

/** Whether something accepts TCP connections on this port of the loopback interface. */
export async function isPortOpen(port: number): Promise<boolean> {
  const open = await Promise.all(LOOPBACK.map((host) => canConnect(host, port)));
  return open.includes(true);
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE });
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
