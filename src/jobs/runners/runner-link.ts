import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  ErrorCodes,
  ResponseError,
  type MessageConnection,
  type NotificationType,
  type RequestType,
} from 'vscode-jsonrpc/node';
import { connectOn } from '../../protocol/message-connection.ts';
import type { RunnerAddress } from '../../protocol/runner-address.ts';
import * as protocol from '../../protocol/messages.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { RunnerGoneError } from './runner-gone-error.ts';

interface LinkEvents {
  changed: [JobRecord];
  grew: [{ readonly id: string; readonly end: number }];
  /** Another manager has removed a job; its id. */
  removed: [string];
  closed: [];
}

/** How long (ms) a runner may take to answer a hello. One that is stopped, or stuck, never does. */
const HELLO_PATIENCE = 5000;

/** What vscode-jsonrpc answers to a request when it is the connection that failed. */
const CONNECTION_ERRORS: readonly number[] = [
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.MessageWriteError,
  ErrorCodes.ConnectionInactive,
];

export type LinkOptions = Omit<protocol.HelloParams, 'protocol' | 'secret'>;

function greeting(secret: string, options: LinkOptions): protocol.HelloParams {
  return { protocol: protocol.PROTOCOL_VERSION, secret, ...options };
}

/** A manager's end of the connection to one runner. Requests fail when the connection ends. */
export class RunnerLink extends EventEmitter<LinkEvents> {
  readonly runner: string;
  /** The jobs that run there, as of the hello. */
  readonly jobs: readonly JobRecord[];
  /** Whether it speaks our version: else its jobs can be shown and killed, and no more. */
  readonly isCurrent: boolean;
  readonly #connection: MessageConnection;
  readonly #secret: string;
  readonly #end: () => void;
  #isClosed = false;

  /**
   * @throws the system's error when nobody listens there or the time is up, ResponseError when the secret is wrong
   */
  static async connect(
    address: RunnerAddress,
    options: LinkOptions,
    patienceMs = HELLO_PATIENCE,
  ): Promise<RunnerLink> {
    const socket = connect(address.socket);
    const patience = setTimeout(() => socket.destroy(new Error('The runner does not answer.')), patienceMs);
    try {
      await once(socket, 'connect');
      return await RunnerLink.#greet(socket, address, options);
    } finally {
      clearTimeout(patience);
    }
  }

  static async #greet(socket: Socket, address: RunnerAddress, options: LinkOptions): Promise<RunnerLink> {
    const connection = connectOn(socket);
    // Else a hello to a runner that is just ending would wait for ever.
    connection.onClose(() => connection.dispose());
    connection.listen();
    try {
      const reply = await connection.sendRequest(protocol.hello, greeting(address.secret, options));
      return new RunnerLink(connection, reply, address.secret, () => socket.end());
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  private constructor(
    connection: MessageConnection,
    reply: protocol.HelloResult,
    secret: string,
    end: () => void,
  ) {
    super();
    this.#connection = connection;
    this.#secret = secret;
    this.#end = end;
    this.runner = reply.runner;
    this.jobs = reply.jobs;
    this.isCurrent = reply.protocol === protocol.PROTOCOL_VERSION;
    connection.onNotification(protocol.changed, (job) => {
      this.emit('changed', job);
    });
    connection.onNotification(protocol.removed, ({ id }) => {
      this.emit('removed', id);
    });
    connection.onNotification(protocol.grew, (growth) => {
      this.emit('grew', growth);
    });
    connection.onClose(() => this.#markClosed());
  }

  /** Says hello again, with what has changed. */
  async greet(options: LinkOptions): Promise<void> {
    await this.#request(protocol.hello, greeting(this.#secret, options));
  }

  start(params: protocol.StartParams): Promise<protocol.StartResult> {
    return this.#request(protocol.start, params);
  }

  write(params: protocol.WriteParams): Promise<protocol.WriteResult> {
    return this.#request(protocol.write, params);
  }

  signal(params: protocol.SignalParams): Promise<boolean> {
    return this.#request(protocol.signal, params);
  }

  kill(params: protocol.KillParams): Promise<protocol.KillResult> {
    return this.#request(protocol.kill, params);
  }

  rename(params: protocol.RenameParams): Promise<protocol.RenameResult> {
    return this.#request(protocol.rename, params);
  }

  inspect(id: string): Promise<protocol.InspectResult> {
    return this.#request(protocol.inspect, { id });
  }

  /** From now on `grew` tells of this job, until as many calls of `unwatch`. */
  watch(id: string): void {
    this.#notify(protocol.watch, id);
  }

  unwatch(id: string): void {
    this.#notify(protocol.unwatch, id);
  }

  /** Tells the other managers that a finished job was removed. */
  tellRemoved(id: string): void {
    this.#notify(protocol.removed, id);
  }

  close(): void {
    this.#end();
  }

  async #request<P, R>(type: RequestType<P, R, void>, params: P): Promise<R> {
    try {
      return await this.#connection.sendRequest<R>(type.method, params);
    } catch (error) {
      if (error instanceof ResponseError && !CONNECTION_ERRORS.includes(error.code)) throw error;
      this.#markClosed();
      throw new RunnerGoneError('The job runner has just ended.');
    }
  }

  #notify({ method }: NotificationType<{ readonly id: string }>, id: string): void {
    // On a connection that has ended this throws at once; then there is nobody to be told.
    if (!this.#isClosed) this.#connection.sendNotification(method, { id }).catch(() => undefined);
  }

  #markClosed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.dispose();
    this.emit('closed');
  }
}
