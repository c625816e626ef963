import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import { header, jobFacts } from '../shared/reply.ts';
import { defineTool } from '../shared/tool.ts';
import { jobId } from '../shared/tool-parameters.ts';

export const restart = defineTool({
  name: 'restart',
  title: 'Restart Job',
  description:
    'Stop all processes of a job, then start it again with the same command, folder, environment and name. ' +
    'Returns the id of the new job and, as previous, that of the old one, whose log is kept. To change command, ' +
    'cwd or env, use kill, then execute.',
  parameters: z.strictObject({ job_id: jobId }),
  annotations: {},
  async run({ job_id }, { manager, caller, once }) {
    await manager.jobs.ready();
    const { previous, job, leftoversEnded } = await once(async () => {
      const { id } = manager.jobs.get(job_id);
      return { previous: id, ...(await manager.restart(id, caller)) };
    });
    if (job.error !== undefined)
      throw new JobError(`The job could not start: ${job.error} Fix the cause and try again.`);
    return header({
      ...jobFacts(job),
      pid: job.pid,
      previous,
      left_behind_ended: leftoversEnded || undefined,
    });
  },
});
