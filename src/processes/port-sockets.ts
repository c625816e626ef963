import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { isOutOfDescriptors } from '../base/descriptor-reserve.ts';
import { type ListeningSocket, parseListening } from './listening-sockets.ts';

const LOOPBACK = ['127.0.0.1', '::1'] as const;
/** The addresses in the kernel's table on which a connection to one of `LOOPBACK` arrives: these, and all addresses. */
const REACHED_BY_LOOPBACK: ReadonlySet<string> = new Set([
  '0100007F',
  '00000000',
  '00000000000000000000000001000000',
  '00000000000000000000000000000000',
  '0000000000000000FFFF00000100007F',
]);
/** A connection on loopback that takes longer is not being accepted. */
const CONNECT_TIMEOUT_MS = 1000;

/** A socket that listens on a TCP port. */
export interface PortSocket {
  /** Tells it from later ones, and from those of other ports. Where sockets cannot be listed, a port has only one. */
  readonly id: string;
  readonly port: number;
  /** Where connections to it arrive: the same for all that a connection on loopback reaches, or its address. */
  readonly scope: string;
}

/**
 * Finds the sockets that listen on ports. On Linux, these are in a table of the kernel. A port that is not there, such as one
 * that a packet filter passes on, and on other systems any port, has a socket if a connection on loopback is accepted.
 *
 * @throws the system's error if there is no free file descriptor
 */
export async function findSockets(ports: readonly number[]): Promise<PortSocket[]> {
  const listed = await findListed(ports);
  const open = await filterOpen(without(ports, listed));
  // One may have been opened since the table was read.
  const late = open.length === 0 ? [] : await findListed(open);
  const passedOn = without(open, late).map((port) => ({ id: `${port}`, port, scope: 'loopback' }));
  return [...listed, ...late, ...passedOn];
}

function without(ports: readonly number[], sockets: readonly PortSocket[]): number[] {
  return ports.filter((each) => !sockets.some(({ port }) => port === each));
}

async function findListed(ports: readonly number[]): Promise<PortSocket[]> {
  const sockets = (await readTable()).filter(({ port }) => ports.includes(port));
  return sockets.map(({ address, port, inode }) => ({
    id: socketId(port, inode),
    port,
    scope: REACHED_BY_LOOPBACK.has(address) ? 'loopback' : address,
  }));
}

/** Returns the ids as one text, in which only other sockets make a difference. Empty if there is none. */
export function idsOf(sockets: readonly PortSocket[]): string {
  return sockets
    .map(({ id }) => id)
    .sort()
    .join();
}

/** Returns the id of a socket in the kernel's table. */
export function socketId(port: number, inode: string): string {
  return `${port}:${inode}`;
}

async function readTable(): Promise<ListeningSocket[]> {
  if (process.platform !== 'linux') return [];
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readIfThere(`/proc/self/net/${name}`)));
  return tables.flatMap(parseListening);
}

/** Without IPv6 there is only one table, and in some sandboxes none. */
async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (isOutOfDescriptors(error)) throw error;
    return '';
  }
}

async function filterOpen(ports: readonly number[]): Promise<number[]> {
  const open = await Promise.all(ports.map(isPortOpen));
  return ports.filter((_, index) => open[index]);
}

async function isPortOpen(port: number): Promise<boolean> {
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
      // If nobody listens and the system chooses the same port for this end, the connection is one with itself (RFC 9293, 3.5).
      finish(socket.localPort !== port);
    });
    for (const failure of ['error', 'timeout']) {
      socket.once(failure, () => {
        finish(false);
      });
    }
  });
}
