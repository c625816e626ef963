import { z } from 'zod';
import { queueNote, stateFacts } from '../shared/job-state.ts';
import { DEFAULT_REPLY_BYTES, type Facts, header } from '../shared/reply.ts';
import { orStarted, requireStarted } from '../shared/started-job.ts';
import { defineTool } from '../shared/tool.ts';
import { jobId, MAX_WAIT_SECONDS } from '../shared/tool-parameters.ts';
import { waitReply } from '../shared/wait-reply.ts';

export const restart = defineTool({
  name: 'restart',
  title: 'Restart Job',
  description:
    'Kill a job, if it runs, and start it again with the same command, name, cwd, env and options. Returns what execute does, and as previous the id of the old one, whose ' +
    'output is kept. To change the command, cwd or env, use kill, then ' +
    'execute.',
  parameters: z.strictObject({
    job_id: jobId,
    wait_s: z
      .number()
      .min(0)
      .max(MAX_WAIT_SECONDS)
      .default(0)
      .describe('Seconds to wait until ready or exit, at most 50, default 0.'),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true },
  async run({ job_id, wait_s }, context) {
    const { manager, caller, once } = context;
    const { previous, job, isExisting, leftoversEnded } = await once(async () => {
      const { id } = manager.jobs.get(job_id);
      return { previous: id, ...(await manager.restart(id, caller)) };
    });
    requireStarted(manager.jobs, job, { previous });
    // A queued job has a pid only after it starts.
    const facts = (): Facts => ({
      existing: isExisting || undefined,
      pid: (manager.jobs.find(job.id) ?? job).pid,
      previous,
      left_behind_ended: leftoversEnded || undefined,
    });
    if (wait_s > 0) {
      const reply = waitReply(context, {
        targets: [{ id: job.id, cursor: 0 }],
        condition: { until: job.ready === undefined ? 'exit' : 'ready' },
        timeoutSeconds: wait_s,
        page: { max_bytes: DEFAULT_REPLY_BYTES, stream: 'both', format: 'text' },
        facts,
      });
      return orStarted(reply, () => ({ ...stateFacts(manager.jobs, job), ...facts() }));
    }
    const state = header({ ...stateFacts(manager.jobs, job), ...facts() });
    const note = queueNote(manager.jobs, job);
    return note === undefined ? state : `${state}\n${note}`;
  },
});
