import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { connectOn } from './connection.ts';
import type { RunnerAddress } from './discovery.ts';
import * as protocol from './protocol.ts';
import type { JobRecord } from './records.ts';

interface LinkEvents {
  changed: [JobRecord];
  grew: [{ readonly id: string; readonly end: number }];
  closed: [];
}

/** Connects to a runner; see `RunnerLink.connect`. */
export function connectRunner(address: RunnerAddress, options: LinkOptions): Promise<RunnerLink> {
  return RunnerLink.connect(address, options);
}

export type LinkOptions = Omit<protocol.HelloParams, 'protocol' | 'secret'>;

/** A manager's end of the connection to one runner. Requests fail when the connection ends. */
export class RunnerLink extends EventEmitter<LinkEvents> {
  readonly runner: string;
  /** The jobs that run there, as of the hello. */
  readonly jobs: readonly JobRecord[];
  /** Whether it speaks our version: else its jobs can be shown and killed, and no more. */
  readonly isCurrent: boolean;
  readonly #connection: MessageConnection;
  readonly #end: () => void;

  /** @throws the system's error when nobody listens there, ResponseError when the secret is wrong */
  static async connect(address: RunnerAddress, options: LinkOptions): Promise<RunnerLink> {
    const socket = connect(address.socket);
    await once(socket, 'connect');
    const connection = connectOn(socket);
    connection.listen();
    try {
      const reply = await connection.sendRequest(protocol.hello, {
        protocol: protocol.PROTOCOL_VERSION,
        secret: address.secret,
        ...options,
      });
      return new RunnerLink(connection, reply, () => socket.end());
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  private constructor(connection: MessageConnection, reply: protocol.HelloResult, end: () => void) {
    super();
    this.#connection = connection;
    this.#end = end;
    this.runner = reply.runner;
    this.jobs = reply.jobs;
    this.isCurrent = reply.protocol === protocol.PROTOCOL_VERSION;
    connection.onNotification(protocol.changed, (job) => {
      this.emit('changed', job);
    });
    connection.onNotification(protocol.grew, (growth) => {
      this.emit('grew', growth);
    });
    connection.onClose(() => {
      this.emit('closed');
      connection.dispose();
    });
  }

  start(params: protocol.StartParams): Promise<protocol.StartResult> {
    return this.#connection.sendRequest(protocol.start, params);
  }

  write(params: protocol.WriteParams): Promise<protocol.WriteResult> {
    return this.#connection.sendRequest(protocol.write, params);
  }

  signal(id: string, signal: string): Promise<boolean> {
    return this.#connection.sendRequest(protocol.signal, { id, signal });
  }

  kill(params: protocol.KillParams): Promise<protocol.KillResult> {
    return this.#connection.sendRequest(protocol.kill, params);
  }

  inspect(id: string): Promise<protocol.InspectResult> {
    return this.#connection.sendRequest(protocol.inspect, { id });
  }

  /** From now on `grew` tells of this job, until as many calls of `unwatch`. */
  watch(id: string): void {
    this.#connection.sendNotification(protocol.watch, { id }).catch(() => undefined);
  }

  unwatch(id: string): void {
    this.#connection.sendNotification(protocol.unwatch, { id }).catch(() => undefined);
  }

  close(): void {
    this.#end();
  }
}
