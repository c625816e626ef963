import { z } from 'zod';
import { pageReply } from '../shared/page-reply.ts';
import { defineTool } from '../shared/tool.ts';
import { cursor, format, jobId, maxBytes, stream } from '../shared/tool-parameters.ts';

export const output = defineTool({
  name: 'output',
  title: 'Read Output',
  description:
    'Read the log of a job from a cursor, without waiting. Returns a header line (left: unread bytes; ' +
    'dropped: bytes no longer kept; partial: the last line is unfinished), then the log. For the next page, ' +
    'or only new output, pass the last next_cursor. For the end of the log, use tail. To find something, use ' +
    'search. To wait for output, use wait.',
  parameters: z.strictObject({ job_id: jobId, cursor, max_bytes: maxBytes, stream, format }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run({ job_id, ...choice }, { manager }) {
    await manager.jobs.ready();
    return pageReply(manager, manager.jobs.get(job_id).id, choice).text;
  },
});
