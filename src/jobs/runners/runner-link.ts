import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  ErrorCodes,
  type MessageConnection,
  type NotificationType,
  type RequestType,
  ResponseError,
} from 'vscode-jsonrpc/node';
import type { JobRecord } from '../../protocol/job-record.ts';
import { connectOn } from '../../protocol/message-connection.ts';
import * as protocol from '../../protocol/messages.ts';
import type { RunnerAddress } from '../../protocol/runner-address.ts';
import { RunnerGoneError } from './runner-gone-error.ts';

interface LinkEvents {
  changed: [JobRecord];
  grew: [protocol.Growth];
  /** The id of a job that another manager removed. */
  removed: [string];
  closed: [];
}

/** How long a runner may take to answer a hello. A runner that is stopped or stuck never does. */
const HELLO_TIMEOUT_MS = 5000;

/** The error codes of vscode-jsonrpc for a request that failed because of the connection. */
const CONNECTION_ERRORS: readonly number[] = [
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.MessageWriteError,
  ErrorCodes.ConnectionInactive,
];

export type LinkOptions = Omit<protocol.HelloParams, 'protocol' | 'secret'>;

function greeting(secret: string, options: LinkOptions): protocol.HelloParams {
  return { protocol: protocol.PROTOCOL_VERSION, secret, ...options };
}

/** A manager's end of the connection to one runner. If the connection breaks, requests fail. */
export class RunnerLink extends EventEmitter<LinkEvents> {
  readonly runner: string;
  /** The jobs that were running there at the time of the hello. */
  readonly jobs: readonly JobRecord[];
  /** False if the runner has another protocol version. Then its jobs can only be shown and killed. */
  readonly isCurrent: boolean;
  readonly #connection: MessageConnection;
  readonly #secret: string;
  readonly #end: () => void;
  #isClosed = false;

  /**
   * @throws the system's error if no process listens there, Error after the timeout, ResponseError if the secret is wrong
   */
  static async connect(
    address: RunnerAddress,
    options: LinkOptions,
    timeoutMs = HELLO_TIMEOUT_MS,
  ): Promise<RunnerLink> {
    const socket = connect(address.socket);
    const timer = setTimeout(() => socket.destroy(new Error('The runner does not answer.')), timeoutMs);
    try {
      await once(socket, 'connect');
      return await RunnerLink.#greet(socket, address, options);
    } finally {
      clearTimeout(timer);
    }
  }

  static async #greet(socket: Socket, address: RunnerAddress, options: LinkOptions): Promise<RunnerLink> {
    let link: RunnerLink | undefined;
    const take = (growth: protocol.Growth): void => void link?.emit('grew', growth);
    const connection = connectOn(socket, { type: protocol.grew, take });
    // Otherwise a hello to a runner that is about to exit would never settle.
    connection.onClose(() => connection.dispose());
    connection.listen();
    try {
      const reply = await connection.sendRequest(protocol.hello, greeting(address.secret, options));
      link = new RunnerLink(connection, reply, address.secret, () => socket.end());
      return link;
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
    connection.onClose(() => this.#markClosed());
  }

  /** Repeats the hello with the current settings. */
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

  resize(params: protocol.ResizeParams): Promise<boolean> {
    return this.#request(protocol.resize, params);
  }

  checkReady(id: string): Promise<JobRecord> {
    return this.#request(protocol.checkReady, { id });
  }

  inspect(id: string): Promise<protocol.InspectResult> {
    return this.#request(protocol.inspect, { id });
  }

  inputState(id: string, options: Omit<protocol.InputStateParams, 'id'> = {}): Promise<protocol.InputState> {
    return this.#request(protocol.inputState, { id, ...options });
  }

  /**
   * From now on, the runner leaves it to us to answer queries of the job's program to its terminal.
   *
   * @returns the cursor behind the output whose queries the runner has answered
   */
  view(id: string): Promise<number> {
    return this.#request(protocol.view, { id });
  }

  unview(id: string): void {
    this.#notify(protocol.unview, id);
  }

  /**
   * Emits `grew` for this job until unwatch() was called as often as watch().
   *
   * @param withOutput whether the event has the output
   */
  watch(id: string, withOutput = false): void {
    this.#notify(protocol.watch, id, withOutput && { withOutput });
  }

  unwatch(id: string, withOutput = false): void {
    this.#notify(protocol.unwatch, id, withOutput && { withOutput });
  }

  /** Notifies the other managers that a finished job was removed. */
  notifyRemoved(id: string): void {
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
      throw new RunnerGoneError('The job runner has just exited.');
    }
  }

  #notify<P extends { readonly id: string }>(
    { method }: NotificationType<P>,
    id: string,
    more: Omit<P, 'id'> | false = false,
  ): void {
    // A closed connection would throw. A notification that is lost with its connection does no harm.
    if (!this.#isClosed) this.#connection.sendNotification(method, { id, ...more }).catch(() => undefined);
  }

  #markClosed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.dispose();
    this.emit('closed');
  }
}
