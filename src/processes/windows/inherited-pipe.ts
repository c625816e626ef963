import { randomBytes } from 'node:crypto';
import { once as onceEmitted } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { openInheritable, writeTo } from './inherited-file.ts';
import { closeHandle, type Handle } from './native-module.ts';

/** A pipe to a process that is about to start. */
export interface InheritedPipe {
  readonly ours: Socket;
  /** A handle that the process inherits. Close it when the process has started. */
  readonly theirs: Handle;
}

/** What proves that the other end of a pipe was opened here. */
const PROOF_BYTES = 16;
/** How often another name is tried if somebody has taken one. */
const MAX_NAMES = 5;
const CONNECT_TIMEOUT_MS = 5000;
/** The errors of a name that somebody else has: Wine lets two processes use one, and one of them gets the connection. */
const TAKEN = ['EADDRINUSE', 'ETIMEDOUT'];

/**
 * Creates a named pipe. Node has no other way to give a handle to a process that it has not started itself.
 *
 * Other processes can see the names of pipes and connect to them. So the end that is opened here sends a random proof
 * first, and any other connection is refused. A name that somebody else has taken is not used.
 *
 * @throws the system's error
 */
export async function openInheritedPipe(): Promise<InheritedPipe> {
  for (let attempt = 1; ; attempt++) {
    const name = `\\\\.\\pipe\\background-jobs-${randomBytes(16).toString('hex')}`;
    try {
      return await openPipe(name);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!TAKEN.includes(code) || attempt === MAX_NAMES) throw error;
    }
  }
}

/** @throws EADDRINUSE or ETIMEDOUT if another process has created a pipe of that name */
export async function openPipe(name: string, timeoutMs = CONNECT_TIMEOUT_MS): Promise<InheritedPipe> {
  const server = createServer();
  const proof = randomBytes(PROOF_BYTES);
  let theirs: Handle | undefined;
  try {
    server.listen(name);
    await onceEmitted(server, 'listening');
    const connected = provenConnection(server, proof, timeoutMs);
    theirs = openInheritable(name, 'pipe');
    writeTo(theirs, proof);
    return { ours: await connected, theirs };
  } catch (error) {
    if (theirs !== undefined) closeHandle(theirs);
    throw error;
  } finally {
    server.close();
  }
}

async function provenConnection(server: Server, proof: Buffer, timeoutMs: number): Promise<Socket> {
  const connection = new Promise<Socket>((resolve) => {
    server.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (bytes) => {
        // Until the process has started, nothing but the proof can arrive.
        if (!bytes.equals(proof)) {
          socket.destroy();
          return;
        }
        socket.pause();
        resolve(socket);
      });
    });
  });
  const timeout = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: timeout.signal }).then(() => {
    const message =
      'ETIMEDOUT: the pipe to a new process cannot be opened, since another process has its name';
    throw Object.assign(new Error(message), { code: 'ETIMEDOUT', syscall: 'connect' });
  });
  // It is rejected when the connection is there.
  late.catch(() => undefined);
  try {
    return await Promise.race([connection, late]);
  } finally {
    timeout.abort();
  }
}
