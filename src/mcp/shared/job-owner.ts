import type { JobRecord, Starter } from '../../protocol/job-record.ts';
import type { Facts } from './reply.ts';

/**
 * Returns true if the caller started the job: in the same conversation, or in the same session if a client has no
 * conversations. A client that has neither is recognized by its name.
 */
export function isOwnJob({ startedBy }: JobRecord, caller: Starter): boolean {
  if (startedBy.kind !== caller.kind) return false;
  const by: keyof Starter = caller.conversation !== undefined ? 'conversation' : 'session';
  if (caller[by] !== undefined) return startedBy[by] === caller[by];
  return startedBy.session === undefined && startedBy.client === caller.client;
}

/** Who started a job, as its caller sees it. */
export function ownerFacts(job: JobRecord, caller: Starter): Facts {
  if (isOwnJob(job, caller)) return { owner: 'you' };
  return { owner: job.startedBy.kind, client: job.startedBy.client };
}
