/* eslint-disable @typescript-eslint/no-deprecated -- see mcp-server.ts */
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { Throttle } from '../../base/throttle.ts';
import type { JobResource } from './job-resources.ts';

/** Shortest time (ms) between two notifications of the same kind: at most two in a second. */
const INTERVAL = 500;
/**
 * A change is told once more when so long (ms) there was no other. VS Code answers reads of a resource from a cache for
 * 3 s, so that the last change would stay unseen there.
 */
const SETTLED = 3500;

/** Of one client. A job can be named in many ways, so that the number of jobs is no bound. */
const MAX_SUBSCRIPTIONS = 1000;

/**
 * Tells one client when a resource that it subscribed to has changed, and when there are others. It ends with the
 * connection.
 */
export class ResourceUpdates {
  readonly #server: Server;
  readonly #manager: JobManager;
  /** How each subscription ends, by URI. */
  readonly #subscriptions = new Map<string, () => void>();

  #isOver = false;
  readonly #list: Throttle<undefined>;
  /** How a job stands is part of its entry in the list. */
  readonly #onChange = (): void => {
    this.#list.push(undefined);
  };

  constructor(server: Server, manager: JobManager) {
    this.#server = server;
    this.#manager = manager;
    this.#list = new Throttle<undefined>(INTERVAL, async () => {
      // The client may just be going away.
      await server.sendResourceListChanged().catch(() => undefined);
    });
  }

  /** From now on the client may be told of changes. */
  start(): void {
    this.#stop();
    this.#manager.jobs.on('changed', this.#onChange).on('removed', this.#onChange);
  }

  dispose(): void {
    this.#isOver = true;
    this.#stop();
    this.#list.dispose();
    for (const stop of this.#subscriptions.values()) stop();
    this.#subscriptions.clear();
  }

  /**
   * A second subscription to the same changes nothing.
   *
   * @throws McpError when there are too many
   */
  subscribe(uri: string, { job, isLog }: JobResource): void {
    // Its client may have gone while the resource was looked up.
    if (this.#isOver || this.#subscriptions.has(uri)) return;
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
      const problem = `There are ${MAX_SUBSCRIPTIONS} subscriptions. Unsubscribe from one first.`;
      throw new McpError(ErrorCode.InvalidRequest, problem);
    }
    const update = new Throttle<undefined>(INTERVAL, async () => {
      await this.#server.sendResourceUpdated({ uri }).catch(() => undefined);
    });
    let settled: NodeJS.Timeout | undefined;
    const onChange = (): void => {
      update.push(undefined);
      clearTimeout(settled);
      settled = setTimeout(() => update.push(undefined), SETTLED);
    };
    const stop = isLog ? this.#manager.jobs.watch(job.id, onChange) : this.#onState(job.id, onChange);
    this.#subscriptions.set(uri, () => {
      stop();
      clearTimeout(settled);
      update.dispose();
    });
  }

  unsubscribe(uri: string): void {
    this.#subscriptions.get(uri)?.();
    this.#subscriptions.delete(uri);
  }

  #stop(): void {
    this.#manager.jobs.off('changed', this.#onChange).off('removed', this.#onChange);
  }

  #onState(id: string, listener: () => void): () => void {
    const onChanged = (job: JobRecord): void => {
      if (job.id === id) listener();
    };
    this.#manager.jobs.on('changed', onChanged);
    return () => this.#manager.jobs.off('changed', onChanged);
  }
}
