import { z } from 'zod';
import { pageReply } from '../shared/page-reply.ts';
import { cursor, format, jobId, maxBytes, stream } from '../shared/tool-parameters.ts';
import { defineTool } from '../shared/tool.ts';

export const output = defineTool({
  name: 'output',
  title: 'Read Output',
  description:
    'Read the log of a background job from a cursor on, without waiting. Returns a header line ' +
    '(next_cursor to go on with; left: bytes unread; dropped: bytes not kept; partial: the ' +
    'last line is unfinished), then the log. For the next page or only what is new, pass the last next_cursor. For ' +
    'the end of a log use tail, to find something search, for what is to come wait.',
  parameters: z.strictObject({ job_id: jobId, cursor, max_bytes: maxBytes, stream, format }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run({ job_id, ...choice }, { manager }) {
    await manager.jobs.ready();
    return pageReply(manager, manager.jobs.get(job_id).id, choice).text;
  },
});
