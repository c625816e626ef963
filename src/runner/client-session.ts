import {
  ErrorCodes,
  type MessageConnection,
  type NotificationType,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { Throttle } from '../base/throttle.ts';
import type { JobRecord } from '../protocol/job-record.ts';
import * as protocol from '../protocol/messages.ts';
import { PROTOCOL_VERSION } from '../protocol/protocol-version.ts';
import { isSameSecret } from '../sockets/secret.ts';
import { GrowthNotice, type StoredOutput } from './growth-notice.ts';
import type { Job } from './job.ts';
import type { Runner } from './runner.ts';

/** Shortest time between two notifications that a log grew. */
const GROWTH_INTERVAL_MS = 16;
/** The same for those with output, of which the first ones of a burst are sent at once. */
const OUTPUT_INTERVAL_MS = 8;
const OUTPUT_BURST = 16;

/** A log whose growth a client wants to know. */
interface Watched {
  count: number;
  readonly notice: GrowthNotice;
  readonly throttle: Throttle<undefined>;
}

/** A connected manager. */
export class ClientSession {
  readonly #runner: Runner;
  readonly #connection: MessageConnection;
  /** By job: those without output, and those with it, which replace them. */
  readonly #watched = { plain: new Map<string, Watched>(), output: new Map<string, Watched>() };
  /** What ends the views of each job. */
  readonly #views = new Map<string, (() => void)[]>();
  /** The ids of the jobs that this client has started. */
  readonly #started = new Set<string>();
  #hello: protocol.HelloParams | undefined;
  #isClosed = false;

  /** @param onHello called when the client has sent the correct secret */
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
      runner.updateQueue();
      return {
        protocol: PROTOCOL_VERSION,
        runner: runner.id,
        pid: process.pid,
        jobs: runner.currentJobs,
      };
    });
    connection.onRequest(protocol.ping, () => {
      this.#greeted();
      return null;
    });
    connection.onRequest(protocol.start, async (params) => {
      const { env, openFiles, modulesFolder, searchScript, maxRunning } = this.#greeted();
      const result = await runner.start(params, {
        ...{ env, openFiles, modulesFolder, searchScript },
        // A setting may change while the job is queued.
        maxRunning: () => this.#hello?.maxRunning ?? maxRunning,
      });
      this.#started.add(params.spec.id);
      for (const id of this.#started) if (runner.find(id) === undefined) this.#started.delete(id);
      // The client may have disconnected while the job was being started.
      if (this.#isClosed) await runner.shutDown(this.ownJobs);
      return result;
    });
    connection.onRequest(protocol.write, ({ id, text, eof, by }) =>
      this.#job(id).controls.write(text, eof, by),
    );
    connection.onRequest(protocol.signal, ({ id, signal, by }) =>
      this.#job(id).controls.signal(signal as NodeJS.Signals, by),
    );
    connection.onRequest(protocol.kill, ({ id, ...options }) => runner.kill(this.#job(id), options));
    connection.onRequest(protocol.rename, (params) => runner.rename(this.#job(params.id), params.name));
    connection.onRequest(protocol.resize, ({ id, columns, rows }) => this.#job(id).resize({ columns, rows }));
    connection.onRequest(protocol.checkReady, ({ id }) => this.#job(id).checkReady());
    connection.onRequest(protocol.inspect, ({ id }) => this.#job(id).inspect());
    connection.onRequest(protocol.logEnd, ({ id }) => this.#job(id).outputEnd);
    connection.onRequest(protocol.inputState, ({ id, ...options }) =>
      this.#job(id).controls.inputState(options),
    );
    connection.onRequest(protocol.view, ({ id }) => {
      const views = this.#views.get(id) ?? [];
      const job = this.#job(id);
      this.#views.set(id, [...views, job.controls.view()]);
      return job.outputEnd;
    });
    connection.onNotification(protocol.unview, ({ id }) => {
      const views = this.#views.get(id);
      views?.pop()?.();
      if (views?.length === 0) this.#views.delete(id);
    });
    connection.onNotification(protocol.watch, (params) => {
      this.#watch(params);
    });
    connection.onNotification(protocol.unwatch, (params) => {
      this.#unwatch(params);
    });
    connection.onNotification(protocol.removed, ({ id }) => {
      if (this.#hello !== undefined) runner.noteRemoval(id, this);
    });
    connection.onNotification(protocol.changed, (job) => {
      if (this.#hello !== undefined) runner.emit('renamed', { job, by: this });
    });
    connection.onClose(() => {
      this.#isClosed = true;
      for (const watched of Object.values(this.#watched)) {
        for (const { throttle } of watched.values()) throttle.dispose();
        watched.clear();
      }
      for (const end of [...this.#views.values()].flat()) end();
      this.#views.clear();
    });
  }

  /** In ms. Null: forever. Undefined before the hello. */
  get keepAliveMs(): number | null | undefined {
    return this.#hello?.keepAliveMs;
  }

  /** Returns the jobs that end with this client. */
  get ownJobs(): readonly Job[] {
    if (this.#hello?.endJobsWithClient !== true) return [];
    return [...this.#started].flatMap((id) => this.#runner.find(id) ?? []);
  }

  changed(job: JobRecord): void {
    void this.#notify(protocol.changed, job);
  }

  removed(id: string): void {
    void this.#notify(protocol.removed, { id });
  }

  grew(output: StoredOutput): void {
    const watched = this.#watched.output.get(output.id) ?? this.#watched.plain.get(output.id);
    if (watched === undefined) return;
    watched.notice.add(output);
    watched.throttle.push(undefined);
  }

  #watch({ id, withOutput = false }: protocol.WatchParams): void {
    const job = this.#runner.find(id);
    if (job === undefined) return;
    const all = withOutput ? this.#watched.output : this.#watched.plain;
    const watched = all.get(id) ?? this.#open(new GrowthNotice(id, withOutput), withOutput);
    watched.count++;
    all.set(id, watched);
    this.#sendEnd(id, job);
  }

  #open(notice: GrowthNotice, withOutput: boolean): Watched {
    const send = (): Promise<void> => this.#notify(protocol.grew, notice.take());
    const throttle = withOutput
      ? new Throttle<undefined>(OUTPUT_INTERVAL_MS, send, OUTPUT_BURST)
      : new Throttle<undefined>(GROWTH_INTERVAL_MS, send);
    return { count: 0, notice, throttle };
  }

  #unwatch({ id, withOutput = false }: protocol.WatchParams): void {
    const all = withOutput ? this.#watched.output : this.#watched.plain;
    const watched = all.get(id);
    if (watched === undefined || --watched.count > 0) return;
    watched.throttle.dispose();
    all.delete(id);
    const job = this.#runner.find(id);
    if (withOutput && job !== undefined && this.#watched.plain.has(id)) this.#sendEnd(id, job);
  }

  /** Bypasses the throttles, so that the first growth from now on is sent at once. */
  #sendEnd(id: string, { outputEnd: end }: Job): void {
    void this.#notify(protocol.grew, { id, end });
  }

  /** Resolves when the notification is sent. */
  async #notify<T extends object>(type: NotificationType<T>, value: T): Promise<void> {
    if (this.#hello === undefined) return;
    // If this fails, the client is gone, and the connection is about to close.
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
