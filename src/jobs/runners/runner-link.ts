import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  CancellationTokenSource,
  type MessageConnection,
  type NotificationType,
  type RequestType,
} from 'vscode-jsonrpc/node';
import { setPatientTimeout } from '../../base/patient-timeout.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { connectOn } from '../../protocol/message-connection.ts';
import * as protocol from '../../protocol/messages.ts';
import { PROTOCOL_VERSION } from '../../protocol/protocol-version.ts';
import type { RunnerAddress } from '../../protocol/runner-address.ts';
import { answeredError } from './answered-error.ts';
import { RunnerGoneError } from './runner-gone-error.ts';
import { RunnerPulse, SilenceError } from './runner-pulse.ts';
import { RunnerSilentError } from './runner-silent-error.ts';

interface LinkEvents {
  changed: [JobRecord];
  grew: [protocol.Growth];
  /** The id of a job that another manager removed. */
  removed: [string];
  closed: [];
}

/** How long a runner may take to answer a hello. A runner that is stopped or stuck never does. */
const HELLO_TIMEOUT_MS = 5000;

/** After this time without an answer, a look at the state of a job also asks for a sign of life. */
const QUICK_ANSWER_MS = 100;

export type LinkOptions = Omit<protocol.HelloParams, 'protocol' | 'secret'>;

function greeting(secret: string, options: LinkOptions): protocol.HelloParams {
  return { protocol: PROTOCOL_VERSION, secret, ...options };
}

/**
 * A manager's end of the connection to one runner. If the connection breaks, requests fail. They also fail if the runner
 * does not answer, and then until it sends something again.
 */
export class RunnerLink extends EventEmitter<LinkEvents> {
  readonly runner: string;
  /** The jobs that were running there at the time of the hello. */
  readonly jobs: readonly JobRecord[];
  /** False if the runner has another protocol version. Then its jobs can only be shown and killed. */
  readonly isCurrent: boolean;
  readonly #connection: MessageConnection;
  readonly #secret: string;
  readonly #pid: number;
  readonly #end: () => void;
  readonly #pulse = new RunnerPulse(() => this.#ping());
  #isClosed = false;

  /**
   * @throws the system's error if no process listens there, RunnerSilentError after the timeout, ResponseError if the
   * secret is wrong
   */
  static async connect(
    address: RunnerAddress,
    options: LinkOptions,
    timeoutMs = HELLO_TIMEOUT_MS,
  ): Promise<RunnerLink> {
    const socket = connect(address.socket);
    const silence = new RunnerSilentError(address.pid, false);
    // A window that starts may be busy for seconds, in which it reads no answer.
    const cancel = setPatientTimeout(() => socket.destroy(silence), timeoutMs);
    try {
      await once(socket, 'connect');
      return await RunnerLink.#greet(socket, address, options);
    } catch (error) {
      // A request that waits for its answer then fails because its connection was closed.
      throw socket.errored === silence ? silence : error;
    } finally {
      cancel();
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
      const opened = new RunnerLink(connection, reply, address.secret, () => socket.end());
      link = opened;
      socket.on('data', () => opened.#pulse.beat());
      return opened;
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
    this.#pid = reply.pid;
    this.jobs = reply.jobs;
    this.isCurrent = reply.protocol === PROTOCOL_VERSION;
    connection.onNotification(protocol.changed, (job) => {
      this.emit('changed', job);
    });
    connection.onNotification(protocol.removed, ({ id }) => {
      this.emit('removed', id);
    });
    connection.onClose(() => this.#markClosed());
  }

  /** Returns true while the runner is stopped or stuck, as far as is known. */
  get isSilent(): boolean {
    return this.#pulse.isLate || this.#pulse.isSilent;
  }

  /** See `RunnerPulse.isResponsive()`. */
  async isResponsive(options: { readonly recentMs?: number } = {}): Promise<boolean> {
    return !this.#isClosed && (await this.#pulse.isResponsive(options));
  }

  /** Repeats the hello with the current settings. A silent runner takes them when it continues. */
  async greet(options: LinkOptions): Promise<void> {
    await this.#send(protocol.hello, greeting(this.#secret, options));
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
    return this.#ask(protocol.checkReady, { id });
  }

  inspect(id: string): Promise<protocol.InspectResult> {
    return this.#ask(protocol.inspect, { id });
  }

  logEnd(id: string): Promise<number> {
    return this.#ask(protocol.logEnd, { id });
  }

  inputState(id: string, options: Omit<protocol.InputStateParams, 'id'> = {}): Promise<protocol.InputState> {
    return this.#ask(protocol.inputState, { id, ...options });
  }

  /**
   * From now on, the runner leaves it to us to answer queries of the job's program to its terminal. A silent runner does so
   * when it continues.
   *
   * @returns the cursor behind the output whose queries the runner has answered
   */
  view(id: string): Promise<number> {
    return this.#send(protocol.view, { id });
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

  /** Notifies the other managers that a finished job which the runner does not know was renamed. */
  notifyChanged({ id, ...record }: JobRecord): void {
    this.#notify(protocol.changed, id, record);
  }

  close(): void {
    this.#end();
  }

  /**
   * Sends a request that must not be carried out long after its caller has given up.
   *
   * @throws RunnerSilentError, RunnerGoneError, or the runner's error
   */
  async #request<P, R>(type: RequestType<P, R, void>, params: P): Promise<R> {
    // Callers repeat requests that failed, and the runner would carry out all of them when it continues.
    if (this.#pulse.isSilent) throw new RunnerSilentError(this.#pid, false);
    const cancel = new CancellationTokenSource();
    try {
      return await this.#send(type, params, cancel);
    } catch (error) {
      // A runner that continues reads this together with the request, and then drops the request.
      if (error instanceof RunnerSilentError) cancel.cancel();
      throw error;
    }
  }

  /**
   * Sends a question about the state of a job, which has an answer without the runner: that it is not known.
   *
   * @throws RunnerSilentError, earlier than other requests, RunnerGoneError, or the runner's error
   */
  async #ask<P, R>(type: RequestType<P, R, void>, params: P): Promise<R> {
    if (this.isSilent) throw new RunnerSilentError(this.#pid, false);
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      const look = async (): Promise<void> => {
        if (!(await this.isResponsive()) && !this.#isClosed) reject(new RunnerSilentError(this.#pid, true));
      };
      timer = setTimeout(() => void look(), QUICK_ANSWER_MS);
    });
    try {
      return await Promise.race([this.#request(type, params), silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws RunnerSilentError, RunnerGoneError, or the runner's error */
  async #send<P, R>(
    { method }: RequestType<P, R, void>,
    params: P,
    cancel?: CancellationTokenSource,
  ): Promise<R> {
    try {
      return await this.#pulse.until(this.#connection.sendRequest<R>(method, params, cancel?.token));
    } catch (error) {
      if (error instanceof SilenceError) throw new RunnerSilentError(this.#pid, true);
      const answer = answeredError(error);
      if (answer !== undefined) throw answer;
      this.#markClosed();
      throw new RunnerGoneError('The job runner has just exited.');
    }
  }

  /** An answer of any kind will do. Runners of earlier builds answer that they do not know the request. */
  async #ping(): Promise<void> {
    // If this fails, the connection is closed, and so all requests have failed.
    if (!this.#isClosed) await this.#connection.sendRequest(protocol.ping.method, {}).catch(() => undefined);
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
