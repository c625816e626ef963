import {
  ErrorCodes,
  ResponseError,
  type MessageConnection,
  type NotificationType,
} from 'vscode-jsonrpc/node';
import type { Job } from './job.ts';
import * as protocol from '../protocol/messages.ts';
import type { JobRecord } from '../protocol/job-record.ts';
import type { Runner } from './runner.ts';
import { isSameSecret } from '../sockets/secret.ts';
import { Throttle } from '../base/throttle.ts';

/** Least time (ms) between two notices that a log grew. */
const GROWTH_INTERVAL = 16;

/** One connected manager, as the runner sees it. */
export class ClientSession {
  readonly #runner: Runner;
  readonly #connection: MessageConnection;
  readonly #watched = new Map<string, { count: number; growth: Throttle<number> }>();
  readonly #started: Job[] = [];
  #hello: protocol.HelloParams | undefined;
  #isClosed = false;

  /** @param onHello called when the client has shown the secret */
  constructor(
    runner: Runner,
    connection: MessageConnection,
    secret: string,
    onHello: (session: ClientSession) => void,
  ) {
    this.#runner = runner;
    this.#connection = connection;
    connection.onRequest(protocol.hello, (params) => {
      if (!isSameSecret(params.secret, secret))
        throw new ResponseError(ErrorCodes.InvalidRequest, 'Wrong secret.');
      this.#hello = params;
      onHello(this);
      return {
        protocol: protocol.PROTOCOL_VERSION,
        runner: runner.id,
        pid: process.pid,
        jobs: runner.currentJobs,
      };
    });
    connection.onRequest(protocol.start, async (params) => {
      const { env, openFiles } = this.#greeted();
      const result = await runner.start(params, { env, openFiles });
      const job = runner.find(params.spec.id);
      if (job !== undefined) this.#started.push(job);
      // The client may have disconnected while the job was being started.
      if (this.#isClosed) await runner.shutDown(this.ownJobs);
      return result;
    });
    connection.onRequest(protocol.write, ({ id, text, eof }) => this.#job(id).write(text, eof));
    connection.onRequest(protocol.signal, ({ id, signal, by }) =>
      this.#job(id).signal(signal as NodeJS.Signals, by),
    );
    connection.onRequest(protocol.kill, ({ id, ...options }) => this.#job(id).kill(options));
    connection.onRequest(protocol.rename, (params) => runner.rename(this.#job(params.id), params.name));
    connection.onRequest(protocol.inspect, ({ id }) => this.#job(id).inspect());
    connection.onNotification(protocol.watch, ({ id }) => {
      this.#watch(id);
    });
    connection.onNotification(protocol.unwatch, ({ id }) => {
      this.#unwatch(id);
    });
    connection.onNotification(protocol.removed, ({ id }) => {
      if (this.#hello !== undefined) runner.emit('removed', { id, by: this });
    });
    connection.onClose(() => {
      this.#isClosed = true;
      for (const { growth } of this.#watched.values()) growth.dispose();
      this.#watched.clear();
    });
  }

  /** ms; null: for ever. Undefined before the hello. */
  get keepAliveMs(): number | null | undefined {
    return this.#hello?.keepAliveMs;
  }

  /** The jobs that must end with this client. */
  get ownJobs(): readonly Job[] {
    return this.#hello?.endJobsWithClient === true ? this.#started : [];
  }

  changed(job: JobRecord): void {
    void this.#tell(protocol.changed, job);
  }

  removed(id: string): void {
    void this.#tell(protocol.removed, { id });
  }

  grew(id: string, end: number): void {
    this.#watched.get(id)?.growth.push(end);
  }

  #watch(id: string): void {
    const job = this.#runner.find(id);
    if (job === undefined) return;
    const watched = this.#watched.get(id) ?? {
      count: 0,
      growth: new Throttle<number>(GROWTH_INTERVAL, (end) => this.#tell(protocol.grew, { id, end })),
    };
    watched.count++;
    this.#watched.set(id, watched);
    // Past the throttle: the first growth from now on is to be told at once.
    void this.#tell(protocol.grew, { id, end: job.outputEnd });
  }

  #unwatch(id: string): void {
    const watched = this.#watched.get(id);
    if (watched === undefined || --watched.count > 0) return;
    watched.growth.dispose();
    this.#watched.delete(id);
  }

  /** Resolves when it is sent. The client may be gone before its connection is known to be. */
  async #tell<T extends object>(type: NotificationType<T>, value: T): Promise<void> {
    if (this.#hello === undefined) return;
    await this.#connection.sendNotification(type.method, value).catch(() => undefined);
  }

  #greeted(): protocol.HelloParams {
    if (this.#hello === undefined) throw new ResponseError(ErrorCodes.InvalidRequest, 'Say hello first.');
    return this.#hello;
  }

  #job(id: string): Job {
    this.#greeted();
    const job = this.#runner.find(id);
    if (job === undefined) throw new ResponseError(ErrorCodes.InvalidParams, `This runner has no job ${id}.`);
    return job;
  }
}
