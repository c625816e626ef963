import { z } from 'zod';
import { pageReply } from '../shared/page-reply.ts';
import { defineTool } from '../shared/tool.ts';
import { cursor, jobId, maxBytes, RENAMED_FORMAT, stream } from '../shared/tool-parameters.ts';

export const output = defineTool({
  name: 'output',
  title: 'Read Output',
  description:
    'Read the output of a job page by page, without waiting. Returns a header line, then the log from the ' +
    'cursor. Pass next_cursor as cursor for the next page. left: bytes that follow. ' +
    'dropped: bytes before this page no longer kept (limit: 100 MB). partial: the last line is unfinished. ' +
    'For the end, use tail. To find something, use search.',
  parameters: z.strictObject({
    job_id: jobId,
    cursor,
    max_bytes: maxBytes,
    stream,
    view: z
      .enum(['text', 'raw'])
      .default('text')
      .describe('raw: exact bytes, with escape codes. Default text.'),
  }),
  renamed: RENAMED_FORMAT,
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run({ job_id, view, ...choice }, { manager }) {
    await manager.logs.findEnds(job_id);
    return pageReply(manager, manager.jobs.get(job_id).id, { ...choice, format: view }).text;
  },
});
