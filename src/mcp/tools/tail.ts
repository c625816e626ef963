import { z } from 'zod';
import type { Screen } from '../../log/screen/screen-replay.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { readFoldedTail } from '../shared/folded-page.ts';
import { unlisted } from '../shared/listed-parameters.ts';
import { deletedNote, markStart, pageFacts } from '../shared/page-reply.ts';
import { jobFacts, logReply, pageBytes } from '../shared/reply.ts';
import { streamOf } from '../shared/stream-choice.ts';
import { terminalFacts } from '../shared/terminal-size.ts';
import { defineTool } from '../shared/tool.ts';
import { jobId, maxBytes, RENAMED_FORMAT, stream } from '../shared/tool-parameters.ts';

export const tail = defineTool({
  name: 'tail',
  title: 'Read Last Lines',
  description:
    'Read the last lines of the output of a job, or its screen, without waiting: to see how far it is or ' +
    'why it failed. If the lines exceed 8,000 bytes, returns the newest. Later ' +
    'output begins at next_cursor. For everything, use output. To find something, use search.',
  parameters: z.strictObject({
    job_id: jobId,
    lines: z.int().min(1).max(1000).default(50).describe('Default 50.'),
    max_bytes: unlisted(maxBytes),
    stream: unlisted(stream),
    view: z
      .enum(['text', 'screen'])
      .default('text')
      .describe('screen: what the terminal of a job with tty=true shows now. Default text.'),
  }),
  renamed: RENAMED_FORMAT,
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run({ job_id, lines, max_bytes, stream: choice, view }, { manager }) {
    await manager.jobs.ready();
    const job = manager.jobs.get(job_id);
    const note = deletedNote(manager, job.id, manager.logs.range(job.id));
    if (view === 'screen') return screenReply(job, await manager.screens.draw(job.id), note);
    const only = streamOf(choice, job);
    const page = readFoldedTail(
      (maxBytes) => manager.logs.readTail(job.id, { lines, maxBytes, stream: only }),
      pageBytes(max_bytes, jobFacts(job)),
    );
    return logReply({ ...jobFacts(job), lines: page.lines, ...pageFacts(page) }, note ?? markStart(page));
  },
});

/** Leaves out the empty rows at the end. @param note shown in place of the screen */
function screenReply(
  job: JobRecord,
  { rows, cursor, isAlternate, isIncomplete, end }: Screen,
  note?: string,
): string {
  const facts = {
    ...jobFacts(job),
    ...terminalFacts(job),
    cursor_row: cursor.row,
    cursor_column: cursor.column,
    alternate: isAlternate || undefined,
    incomplete: isIncomplete || undefined,
    next_cursor: end,
  };
  const shown = rows.slice(0, rows.findLastIndex((row) => row !== '') + 1).join('\n');
  return logReply(facts, note ?? shown);
}
