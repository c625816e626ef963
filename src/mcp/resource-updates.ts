/* eslint-disable @typescript-eslint/no-deprecated -- see server.ts */
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { JobManager } from '../jobs/manager.ts';
import type { JobRecord } from '../runner/records.ts';
import { Throttle } from '../runner/throttle.ts';

/** Shortest time (ms) between two notifications of the same kind: at most two in a second. */
const INTERVAL = 500;
/**
 * A change is told once more when so long (ms) there was no other. VS Code answers reads of a resource from a cache for
 * 3 s, so that the last change would stay unseen there.
 */
const SETTLED = 3500;

/** What a URI names. */
export interface JobResource {
  readonly job: JobRecord;
  readonly isLog: boolean;
}

/**
 * Tells one client when a resource that it subscribed to has changed, and when there are others. It ends with the
 * connection.
 */
export class ResourceUpdates {
  readonly #server: Server;
  readonly #manager: JobManager;
  /** How each subscription ends, by URI. */
  readonly #subscriptions = new Map<string, () => void>();

  constructor(server: Server, manager: JobManager) {
    this.#server = server;
    this.#manager = manager;
    const list = new Throttle<undefined>(INTERVAL, () => {
      // The client may just be going away.
      server.sendResourceListChanged().catch(() => undefined);
    });
    // How a job stands is part of its entry.
    const onChange = (): void => {
      list.push(undefined);
    };
    server.oninitialized = () => {
      manager.on('changed', onChange).on('removed', onChange);
    };
    server.onclose = () => {
      manager.off('changed', onChange).off('removed', onChange);
      list.dispose();
      for (const stop of this.#subscriptions.values()) stop();
      this.#subscriptions.clear();
    };
  }

  /** A second subscription to the same changes nothing. */
  subscribe(uri: string, { job, isLog }: JobResource): void {
    if (this.#subscriptions.has(uri)) return;
    const update = new Throttle<undefined>(INTERVAL, () => {
      this.#server.sendResourceUpdated({ uri }).catch(() => undefined);
    });
    let settled: NodeJS.Timeout | undefined;
    const onChange = (): void => {
      update.push(undefined);
      clearTimeout(settled);
      settled = setTimeout(() => update.push(undefined), SETTLED);
    };
    const stop = isLog ? this.#manager.watch(job.id, onChange) : this.#onState(job.id, onChange);
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

  #onState(id: string, listener: () => void): () => void {
    const onChanged = (job: JobRecord): void => {
      if (job.id === id) listener();
    };
    this.#manager.on('changed', onChanged);
    return () => this.#manager.off('changed', onChanged);
  }
}
