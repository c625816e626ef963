import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import { clip } from '../../base/quoted-text.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord, Starter } from '../../protocol/job-record.ts';
import type { KillResult } from '../../protocol/messages.ts';
import { isOwnJob } from '../shared/job-owner.ts';
import { foldRepeatedLines } from '../shared/repeated-lines.ts';
import { type Facts, header, jobFacts, logReply } from '../shared/reply.ts';
import { type Answer, defineTool } from '../shared/tool.ts';
import { graceSeconds, JOB_ID_ALIAS, jobIds } from '../shared/tool-parameters.ts';

/** How much of the end of the log the reply shows. */
const LAST_LINES = 10;
const LAST_LINES_BYTES = 2000;

export const kill = defineTool({
  name: 'kill',
  title: 'Kill Jobs',
  description:
    'Stop jobs with all their processes, and return when they are gone: how each ended, ' +
    'survivors and, for a single job, its last lines. Sends the signal, then SIGKILL after grace_s. Of an ' +
    'ended job, stops what it left behind. To only interrupt, use interact with ctrl-c.',
  parameters: z.strictObject({
    job_ids: jobIds.optional(),
    all: z
      .boolean()
      .default(false)
      .describe('Instead of job_ids: all of owner you, also queued ones and what is left behind.'),
    signal: z
      .enum(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGKILL'])
      .default('SIGTERM')
      .describe('Default SIGTERM.'),
    grace_s: graceSeconds.describe('Default 2.'),
  }),
  aliases: JOB_ID_ALIAS,
  annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false },
  async run({ job_ids, all, signal, grace_s }, { manager, caller }) {
    await manager.jobs.ready();
    if ((job_ids === undefined) === !all) {
      throw new JobError(
        `Say which jobs to stop: job_ids, or all=true for those that you started${all ? ', but not both' : ''}.`,
      );
    }
    const jobs =
      job_ids === undefined ? ownJobs(manager, caller) : job_ids.map((each) => manager.jobs.get(each));
    const ids = [...new Set(jobs.map(({ id }) => id))];
    const options = { signal, graceMs: grace_s === undefined ? undefined : grace_s * 1000 };
    const results = ids.map((id) => manager.kill(id, caller.kind, options));
    const [only] = results;
    if (job_ids !== undefined && only !== undefined && results.length === 1)
      return replyToOne(manager, await only);
    return replyToSeveral(manager, ids, await Promise.allSettled(results));
  },
});

/**
 * Returns the jobs of the caller that are queued or have processes. Queued ones come first, the newest first: each may wait
 * for those behind it, and would start or fail when they end.
 */
function ownJobs({ jobs }: JobManager, caller: Starter): JobRecord[] {
  const all = [...jobs.queued().reverse(), ...jobs.running(), ...jobs.withLeftovers()];
  return all.filter((job) => isOwnJob(job, caller));
}

function replyToOne(manager: JobManager, result: KillResult): Answer {
  const { text } = manager.logs.readTail(result.job.id, {
    lines: LAST_LINES,
    maxBytes: LAST_LINES_BYTES,
  });
  const reply = logReply(killFacts(result), foldRepeatedLines(text));
  return result.survivors.length === 0 ? reply : [reply, nameSurvivors(result)];
}

function replyToSeveral(
  manager: JobManager,
  ids: readonly string[],
  results: readonly PromiseSettledResult<KillResult>[],
): Answer {
  const lines = results.map((result, at) => {
    if (result.status === 'fulfilled') return header(killFacts(result.value));
    if (!(result.reason instanceof JobError)) throw result.reason;
    return header({ ...jobFacts(manager.jobs.get(ids[at]!)), error: result.reason.message });
  });
  const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const survivors = done.flatMap((result) => (result.survivors.length > 0 ? [nameSurvivors(result)] : []));
  const facts = header({
    jobs: ids.length,
    processes_ended: done.reduce((sum, { ended }) => sum + ended, 0),
    survivors: done.reduce((sum, each) => sum + each.survivors.length, 0),
    errors: results.length - done.length || undefined,
  });
  return [[facts, ...lines].join('\n'), ...survivors];
}

function killFacts({ job, ended, survivors }: KillResult): Facts {
  return { ...jobFacts(job), processes_ended: ended, survivors: survivors.length };
}

function nameSurvivors({ survivors }: KillResult): string {
  const named = survivors.map(({ pid, command }) => header({ pid, command: clip(command, 100) }));
  return `These processes could not be stopped:\n${named.join('\n')}`;
}
