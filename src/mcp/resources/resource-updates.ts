import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { Throttle } from '../../base/throttle.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobResource } from './job-resources.ts';

/** The shortest time between two notifications of the same kind. */
const INTERVAL_MS = 500;
/**
 * The last change is announced again after this time. VS Code reads resources from a cache for 3 s, so it would not show
 * that change otherwise.
 */
const SETTLE_TIME_MS = 3500;

/** Limit for one client. The number of jobs is not a limit, since a job has many URIs. */
export const MAX_SUBSCRIPTIONS = 1000;

/** How a client is notified. The promises settle once a notification is sent, or cannot be sent. */
export interface ResourceNotifier {
  readonly updated: (uri: string) => Promise<unknown>;
  readonly listChanged: () => Promise<unknown>;
}

/**
 * Notifies one client when a resource that it subscribed to changes, and when the list of resources changes. Ends with
 * the connection.
 */
export class ResourceUpdates {
  readonly #notifier: ResourceNotifier;
  readonly #manager: JobManager;
  /** Ends each subscription, by URI. */
  readonly #subscriptions = new Map<string, () => void>();

  #isDisposed = false;
  readonly #list: Throttle<undefined>;
  /** The entry of a job in the list shows its status. */
  readonly #onChange = (): void => {
    this.#list.push(undefined);
  };

  constructor(notifier: ResourceNotifier, manager: JobManager) {
    this.#notifier = notifier;
    this.#manager = manager;
    this.#list = new Throttle<undefined>(INTERVAL_MS, async () => {
      // Fails if the client is disconnecting, which is not an error.
      await notifier.listChanged().catch(() => undefined);
    });
  }

  /** Starts to notify the client when the list changes. */
  start(): void {
    this.#stop();
    this.#manager.jobs.on('changed', this.#onChange).on('removed', this.#onChange);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#stop();
    this.#list.dispose();
    for (const stop of this.#subscriptions.values()) stop();
    this.#subscriptions.clear();
  }

  /**
   * Subscribes to a resource. A second subscription to the same URI has no effect.
   *
   * @throws McpError if there are too many
   */
  subscribe(uri: string, resource: JobResource): void {
    // The client may have disconnected while the resource was looked up.
    if (this.#isDisposed || this.#subscriptions.has(uri)) return;
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
      const problem = `There are ${MAX_SUBSCRIPTIONS} subscriptions. Unsubscribe from one first.`;
      throw new McpError(ErrorCode.InvalidRequest, problem);
    }
    const update = new Throttle<undefined>(INTERVAL_MS, async () => {
      // Fails if the client is disconnecting, which is not an error.
      await this.#notifier.updated(uri).catch(() => undefined);
    });
    let settled: NodeJS.Timeout | undefined;
    const onChange = (): void => {
      update.push(undefined);
      clearTimeout(settled);
      settled = setTimeout(() => update.push(undefined), SETTLE_TIME_MS);
    };
    const stop = this.#watch(resource, onChange);
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

  /** @returns a function that ends the watch */
  #watch(resource: JobResource, onChange: () => void): () => void {
    const { jobs } = this.#manager;
    if (resource.job !== undefined)
      return jobs.watch(resource.job.id, onChange, resource.isLog ? 'growth' : 'changes');
    jobs.on('changed', onChange).on('removed', onChange);
    return () => jobs.off('changed', onChange).off('removed', onChange);
  }

  #stop(): void {
    this.#manager.jobs.off('changed', this.#onChange).off('removed', this.#onChange);
  }
}
