/* eslint-disable @typescript-eslint/no-deprecated -- see mcp-server.ts */
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { LoggingLevelSchema, type LoggingLevel } from '@modelcontextprotocol/sdk/types.js';
import { reportJobEvents } from '../../jobs/job-events.ts';
import type { JobManager } from '../../jobs/manager.ts';

/** Least grave first. */
const LEVELS: readonly LoggingLevel[] = LoggingLevelSchema.options;

/**
 * Tells one client what happens to jobs, once it has said from which level on (MCP 2025-11-25, Logging): who did not ask
 * is told nothing.
 */
export class LogNotices {
  readonly #server: Server;
  readonly #manager: JobManager;
  #least: number | undefined;
  #stop: (() => void) | undefined;
  #isOver = false;

  constructor(server: Server, manager: JobManager) {
    this.#server = server;
    this.#manager = manager;
  }

  setLevel(level: LoggingLevel): void {
    if (this.#isOver) return;
    this.#least = LEVELS.indexOf(level);
    this.#stop ??= reportJobEvents(this.#manager.jobs, (each, words) => {
      if (LEVELS.indexOf(each) < (this.#least ?? 0)) return;
      const params = { level: each, logger: 'jobs', data: words };
      // The client may just be going away.
      this.#server.notification({ method: 'notifications/message', params }).catch(() => undefined);
    });
  }

  dispose(): void {
    this.#isOver = true;
    this.#stop?.();
  }
}
