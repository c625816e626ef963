/* eslint-disable @typescript-eslint/no-deprecated -- see mcp-server.ts */
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { JobManager } from '../../jobs/manager.ts';
import type { WatchEvent } from '../../jobs/watch/watch-events.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { howItEnded } from '../shared/job-end.ts';
import { isOwnJob } from '../shared/job-owner.ts';
import { attachedSessionIn } from '../shared/session-key.ts';
import { watchText } from '../shared/watch-text.ts';

/**
 * Lets Claude Code listen (https://code.claude.com/docs/en/channels-reference). It does so only if the user started it
 * with this server as a channel. Otherwise, it drops the notifications. Other clients ignore the capability.
 */
export const CHANNEL_CAPABILITY = { 'claude/channel': {} } as const;

/** @param client the name of a client */
export function isClaudeCode(client: string | undefined): boolean {
  return client !== undefined && /^claude-code\b/.test(client);
}

/**
 * Wakes a session of Claude Code when one of its jobs ends by itself, and at the events that it asked for (`notify`). Jobs
 * that the agent stopped are no news.
 */
export class ClaudeChannel {
  readonly #manager: JobManager;
  readonly #server: Server;
  /** The names of the client's session: that of this server, and that of a bridge, which continues over reloads. */
  readonly #sessions: Set<string>;
  readonly #running = new Set<string>();
  #isListening = false;

  constructor(server: Server, manager: JobManager, session: string) {
    this.#server = server;
    this.#manager = manager;
    this.#sessions = new Set([session]);
  }

  /** Starts to notify the client, once its name is known. */
  start(): void {
    this.dispose();
    if (!isClaudeCode(this.#server.getClientVersion()?.name)) return;
    this.#isListening = true;
    this.#manager.jobs.on('changed', this.#onChanged);
    this.#manager.watches.on('event', this.#onEvent);
    const attached = attachedSessionIn(this.#server.getClientCapabilities());
    if (attached === undefined) return;
    this.called(attached);
    // A session that continues after a reload has jobs before its next call. A call reports why they cannot be read.
    this.#manager.jobs.attach().catch(() => undefined);
  }

  /** Call it before each call of the client. @param session the one that the jobs of the call belong to */
  called(session: string | undefined): void {
    if (!this.#isListening || session === undefined || this.#sessions.has(session)) return;
    this.#sessions.add(session);
    for (const job of this.#manager.jobs.list())
      if (job.endedAt === undefined && this.#isOwn(job)) this.#running.add(job.id);
  }

  dispose(): void {
    this.#isListening = false;
    this.#manager.jobs.off('changed', this.#onChanged);
    this.#manager.watches.off('event', this.#onEvent);
    this.#running.clear();
  }

  readonly #onChanged = (job: JobRecord): void => {
    if (job.endedAt === undefined) {
      if (this.#isOwn(job)) this.#running.add(job.id);
    } else if (this.#running.delete(job.id) && job.endedBy !== 'agent')
      void this.#notify(job, howItEnded(job));
  };

  readonly #onEvent = (event: WatchEvent): void => {
    const job = this.#manager.jobs.find(event.id);
    // Every end is reported already.
    if (job === undefined || event.on === 'exit') return;
    if (job.notify !== undefined && this.#isOwn(job)) void this.#notify(job, watchText(job, event));
  };

  #isOwn(job: JobRecord): boolean {
    return [...this.#sessions].some((session) => isOwnJob(job, { kind: 'agent', session }));
  }

  async #notify(job: JobRecord, predicate: string): Promise<void> {
    const content = `The background job ${job.name ?? job.id} ${predicate}. Its output: tail.`;
    const params = {
      content: this.#manager.secrets.mask(content),
      meta: { job_id: job.id, status: job.status },
    };
    // The SDK's type has only the methods of the standard. Fails if the client is disconnecting, which is not an error.
    const notification = { method: 'notifications/claude/channel', params } as never;
    await this.#server.notification(notification).catch(() => undefined);
  }
}
