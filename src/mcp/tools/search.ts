import { z } from 'zod';
import type { FoundLine, Match } from '../../log/search/log-search.ts';
import { isFinished } from '../../protocol/job-record.ts';
import { excerpt } from '../shared/excerpt.ts';
import { unlisted } from '../shared/listed-parameters.ts';
import { deletedNote } from '../shared/page-reply.ts';
import { checkPattern, slashAdvice } from '../shared/pattern-argument.ts';
import { jobFacts, logReply, pageBytes } from '../shared/reply.ts';
import { streamOf } from '../shared/stream-choice.ts';
import { defineTool } from '../shared/tool.ts';
import { cursor, jobId, maxBytes, regex, RENAMED_PATTERN, stream } from '../shared/tool-parameters.ts';

/** Characters shown of a line. */
const MAX_LINE_LENGTH = 500;
/** Characters reserved for the mark of a truncated line. */
const CUT_MARK_LENGTH = 40;

/** How long one call searches a large log. Clients give up after 60 s. */
const MAX_SEARCH_SECONDS = 15;

const OUT_OF_TIME = `[The search stopped after ${MAX_SEARCH_SECONDS} s. Pass next_cursor as cursor to search the rest.]`;

export const search = defineTool({
  name: 'search',
  title: 'Search Output',
  description:
    'Find lines in the output of a job by a regex, such as the errors of a build or test run. Returns ' +
    'matches=n (shown), then the matches as number@cursor:line, and lines ' +
    'around them as number@cursor-line. number counts from where the search began. more=true: pass ' +
    'next_cursor as cursor for further matches. To read on from a match, pass its cursor to output.',
  parameters: z.strictObject({
    job_id: jobId,
    regex,
    context: z.int().min(0).max(20).default(2).describe('Lines around each match, default 2.'),
    max_matches: z.int().min(1).max(1000).default(20).describe('Default 20.'),
    max_bytes: unlisted(maxBytes),
    stream: unlisted(stream),
    cursor,
  }),
  renamed: RENAMED_PATTERN,
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run(args, { manager, signal }) {
    await manager.logs.findEnds(args.job_id);
    const job = manager.jobs.get(args.job_id);
    checkPattern(args.regex);
    const { matches, next, more, isOutOfTime, lines } = await manager.logs.search(
      job.id,
      {
        cursor: args.cursor,
        pattern: args.regex,
        stream: streamOf(args.stream, job),
        context: args.context,
        maxMatches: args.max_matches,
        maxMs: MAX_SEARCH_SECONDS * 1000,
      },
      signal,
    );
    const { start, end } = manager.logs.range(job.id);
    const shown = fit(matches, pageBytes(args.max_bytes, jobFacts(job)));
    const isCut = shown.length < matches.length;
    // While a stream is in the middle of a line, `next` is before that line, and so before matches that are shown.
    const behind = matches.findLast(({ isEnded }) => isEnded || isFinished(job))?.end ?? 0;
    const facts = {
      ...jobFacts(job),
      matches: shown.length,
      lines_searched: lines,
      next_cursor: isCut ? shown.at(-1)?.end : Math.max(next, behind),
      more: isCut || more || undefined,
      dropped: start > args.cursor ? start - args.cursor : undefined,
    };
    const note = start > args.cursor ? deletedNote(manager, job.id, { start, end }) : undefined;
    const reply = logReply(facts, note ?? render(shown));
    const advice = shown.length === 0 ? slashAdvice(args.regex) : undefined;
    return [reply, ...(isOutOfTime ? [OUT_OF_TIME] : []), ...(advice === undefined ? [] : [`[${advice}]`])];
  },
});

/**
 * Returns as many matches as fit, and at least one, so that a caller can continue. If necessary, that one comes without
 * the lines around it.
 */
function fit(matches: readonly Match[], bytes: number): readonly Match[] {
  const isTooLong = (some: readonly Match[]): boolean => Buffer.byteLength(render(some)) > bytes;
  let count = matches.length;
  while (count > 1 && isTooLong(matches.slice(0, count))) count = Math.ceil(count / 2);
  // Prefer fewer matches to cutting a line of the other stream at the cursor where the search continues.
  const clean = matches.slice(0, count).findLastIndex((match) => match.clean) + 1;
  const shown = matches.slice(0, count < matches.length && clean > 0 ? clean : count);
  if (!isTooLong(shown)) return shown;
  // A character has at most 4 bytes.
  const size = Math.min(MAX_LINE_LENGTH, Math.floor(bytes / 4)) - CUT_MARK_LENGTH;
  return shown.map(({ long, ...match }) => ({
    ...match,
    before: [],
    after: [],
    text: excerpt(match.text, match.at, size, long),
    at: 0,
  }));
}

/** Renders matches as grep(1) does: a line that belongs to several matches appears once, with "--" between groups. */
function render(matches: readonly Match[]): string {
  const lines = new Map<number, FoundLine>();
  for (const match of matches) {
    for (const line of [...match.before, ...match.after]) {
      if (!lines.has(line.start)) lines.set(line.start, { ...line, text: show(line, '-', 0) });
    }
    lines.set(match.start, { ...match, text: show(match, ':', match.at) });
  }
  const sorted = [...lines.values()].sort((a, b) => a.number - b.number || a.start - b.start);
  return sorted
    .map(({ number, text }, at) => {
      const isApart = number - (sorted[at - 1]?.number ?? number) > 1 && matches.some(hasContext);
      return `${isApart ? '--\n' : ''}${text}`;
    })
    .join('\n');
}

function hasContext({ before, after }: Match): boolean {
  return before.length + after.length > 0;
}

function show({ number, start, text, long }: FoundLine, mark: string, at: number): string {
  return `${number}@${start}${mark}${excerpt(text, at, MAX_LINE_LENGTH, long)}`;
}
