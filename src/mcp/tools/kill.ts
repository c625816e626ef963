import { z } from 'zod';
import { clip } from '../../base/quoted-text.ts';
import { foldRepeatedLines } from '../shared/repeated-lines.ts';
import { header, jobFacts, logReply } from '../shared/reply.ts';
import { defineTool } from '../shared/tool.ts';
import { graceSeconds, jobId } from '../shared/tool-parameters.ts';

/** How much of the end of the log the reply shows. */
const LAST_LINES = 10;
const LAST_LINES_BYTES = 2000;

export const kill = defineTool({
  name: 'kill',
  title: 'Kill Job',
  description:
    'Stop a background job with all its processes, and wait until they are gone. Sends the signal, and SIGKILL after ' +
    'grace_s. Returns how the job ended, survivors and the last lines. Also stops processes that a finished job left ' +
    'behind. To only interrupt, use interact with ctrl-c.',
  parameters: z.strictObject({
    job_id: jobId,
    signal: z.enum(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGKILL']).default('SIGTERM'),
    grace_s: graceSeconds.describe('Default: the setting of the job.'),
  }),
  annotations: { idempotentHint: true, openWorldHint: false },
  async run({ job_id, signal, grace_s }, { manager, caller }) {
    await manager.jobs.ready();
    const { job, ended, survivors } = await manager.kill(job_id, caller.kind, {
      signal,
      graceMs: grace_s === undefined ? undefined : grace_s * 1000,
    });
    const tail = manager.logs.readTail(job.id, { lines: LAST_LINES, maxBytes: LAST_LINES_BYTES });
    const text = foldRepeatedLines(tail.text);
    const facts = { ...jobFacts(job), processes_ended: ended, survivors: survivors.length };
    if (survivors.length === 0) return logReply(facts, text);
    const named = survivors.map(({ pid, command }) => header({ pid, command: clip(command, 100) }));
    return [logReply(facts, text), `These processes could not be stopped:\n${named.join('\n')}`];
  },
});
