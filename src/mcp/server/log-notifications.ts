/* eslint-disable @typescript-eslint/no-deprecated -- see mcp-server.ts */
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { type LoggingLevel, LoggingLevelSchema } from '@modelcontextprotocol/sdk/types.js';
import type { JobManager } from '../../jobs/manager.ts';
import { reportJobEvents } from '../../jobs/records/job-events.ts';
import type { WatchEvent } from '../../jobs/watch/watch-events.ts';
import { watchText } from '../shared/watch-text.ts';

/** Least severe first. */
const LEVELS: readonly LoggingLevel[] = LoggingLevelSchema.options;

/** Returns true if a level is at least as severe as another one. */
export function isAtLeast(level: LoggingLevel, least: LoggingLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/**
 * Notifies one client about jobs that start, end and fail, and about events of watched jobs, once the client has set a level (MCP 2025-11-25, Logging).
 */
export class LogNotifications {
  readonly #server: Server;
  readonly #manager: JobManager;
  #minLevel: LoggingLevel = 'debug';
  #stop: (() => void) | undefined;
  #isDisposed = false;

  constructor(server: Server, manager: JobManager) {
    this.#server = server;
    this.#manager = manager;
  }

  setLevel(level: LoggingLevel): void {
    if (this.#isDisposed) return;
    this.#minLevel = level;
    this.#stop ??= this.#start();
  }

  #start(): () => void {
    const { jobs, watches, secrets } = this.#manager;
    const stop = reportJobEvents(jobs, (each, words) => this.#send(each, 'jobs', words));
    const onEvent = (event: WatchEvent): void => {
      const job = jobs.find(event.id);
      if (job === undefined) return;
      this.#send('notice', 'watch', secrets.mask(`${job.name ?? job.id} ${watchText(job, event)}`));
    };
    watches.on('event', onEvent);
    return () => {
      stop();
      watches.off('event', onEvent);
    };
  }

  #send(level: LoggingLevel, logger: string, data: string): void {
    if (!isAtLeast(level, this.#minLevel)) return;
    const params = { level, logger, data };
    // Fails if the client is disconnecting, which is not an error.
    this.#server.notification({ method: 'notifications/message', params }).catch(() => undefined);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#stop?.();
  }
}
