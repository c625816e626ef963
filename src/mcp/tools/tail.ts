import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import type { Screen } from '../../log/screen/screen-replay.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { readFoldedTail } from '../shared/folded-page.ts';
import { listedAs, unlisted } from '../shared/listed-parameters.ts';
import { deletedNote, markStart, pageFacts } from '../shared/page-reply.ts';
import { jobFacts, logReply, pageBytes } from '../shared/reply.ts';
import { screenText } from '../shared/screen-rows.ts';
import { streamOf } from '../shared/stream-choice.ts';
import { terminalFacts } from '../shared/terminal-size.ts';
import { defineTool } from '../shared/tool.ts';
import { jobId, maxBytes, RENAMED_FORMAT, stream } from '../shared/tool-parameters.ts';

const DEFAULT_LINES = 50;
const lines = z.int().min(1).max(1000);

export const tail = defineTool({
  name: 'tail',
  title: 'Read Last Lines',
  description:
    'Read the last lines of the output of a job, or its screen, without waiting: to see how far it is or ' +
    'why it failed. If the lines exceed 8,000 bytes, returns the newest. Later ' +
    'output begins at next_cursor. For everything, use output. To find something, use search.',
  parameters: z.strictObject({
    job_id: jobId,
    // A screen is shown as a whole by default.
    lines: listedAs(lines.default(DEFAULT_LINES).describe(`Default ${DEFAULT_LINES}.`), lines.optional()),
    max_bytes: unlisted(maxBytes),
    stream: unlisted(stream),
    view: z
      .enum(['text', 'screen'])
      .default('text')
      .describe('screen: what the terminal of a job with tty=true shows now. Default text.'),
  }),
  renamed: RENAMED_FORMAT,
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run({ job_id, lines: wanted, max_bytes, stream: choice, view }, { manager }) {
    await manager.logs.findEnds(job_id);
    const job = manager.jobs.get(job_id);
    const note = deletedNote(manager, job.id, manager.logs.range(job.id));
    if (view === 'screen') {
      const screen = await manager.screens.draw(job.id);
      if (choice === 'stderr') {
        throw new JobError(
          'A screen shows stdout and stderr together. Leave stream out, or pass stream="both". To read stderr alone, ' +
            'start the job without tty and with stderr="separate".',
        );
      }
      return screenReply(job, screen, { lines: wanted ?? Infinity, replyBytes: max_bytes, note });
    }
    const only = streamOf(choice, job);
    const lines = wanted ?? DEFAULT_LINES;
    const page = readFoldedTail(
      (maxBytes) => manager.logs.readTail(job.id, { lines, maxBytes, stream: only }),
      pageBytes(max_bytes, jobFacts(job)),
    );
    return logReply({ ...jobFacts(job), lines: page.lines, ...pageFacts(page) }, note ?? markStart(page));
  },
});

/** @param note shown in place of the screen */
function screenReply(
  job: JobRecord,
  { rows, cursor, isAlternate, isIncomplete, end }: Screen,
  { lines, replyBytes, note }: { lines: number; replyBytes: number; note: string | undefined },
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
  const limits = { lines, replyBytes, maxBytes: pageBytes(replyBytes, facts) };
  return logReply(facts, note ?? screenText(rows, cursor.row, limits));
}
