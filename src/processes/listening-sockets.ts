/** State of a listening socket in the table of the kernel (TCP_LISTEN in tcp_states.h). */
const LISTEN = '0A';

/** A TCP socket that listens, in the table of the kernel (proc_pid_net(5)). */
export interface ListeningSocket {
  /** The local address, in hexadecimal digits. */
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

/** @param table contents of /proc/<pid>/net/tcp or tcp6 */
export function parseListening(table: string): ListeningSocket[] {
  // A busy server has thousands of connections in the same table.
  const lines = table.split('\n').filter((line) => line.includes(` ${LISTEN} `));
  return lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local, , state] = fields;
    const inode = fields[9];
    if (state !== LISTEN || local === undefined || inode === undefined) return [];
    const [address = '', port = ''] = local.split(':');
    return [{ address, port: parseInt(port, 16), inode }];
  });
}
