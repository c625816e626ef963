import { z } from 'zod';
import type { FoundLine, Match } from '../../output/search.ts';
import { streamOf } from '../page-reply.ts';
import { cursor, jobId, maxBytes, stream } from '../parameters.ts';
import { jobFacts, logReply, pageBytes } from '../reply.ts';
import { defineTool } from '../tool.ts';

/** Longest line (characters) that is shown. */
const MAX_LINE = 500;

export const search = defineTool({
  name: 'search',
  title: 'Search Output',
  description:
    'Search the log of a background job for lines that match a regular expression. Returns a header line, then the ' +
    'matches as in grep -n: "number@cursor:line", lines around them with "-" for ":". Use it to find errors in long ' +
    'output, and output with the cursor to read on from there. To wait for a line use wait.',
  parameters: z.strictObject({
    job_id: jobId,
    pattern: z.string().min(1).max(1000).describe('JavaScript regex, tried on each line.'),
    context: z.int().min(0).max(20).default(2).describe('Lines before and after each match.'),
    max_matches: z.int().min(1).max(1000).default(20),
    max_bytes: maxBytes,
    stream,
    cursor,
  }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run(args, { manager, signal }) {
    await manager.ready();
    const job = manager.get(args.job_id);
    const { matches, next, more, lines } = await manager.search(
      job.id,
      {
        cursor: args.cursor,
        pattern: args.pattern,
        stream: streamOf(args.stream),
        context: args.context,
        maxMatches: args.max_matches,
      },
      signal,
    );
    const shown = fit(matches, pageBytes(args.max_bytes, jobFacts(job)));
    const isCut = shown.length < matches.length;
    const facts = {
      ...jobFacts(job),
      matches: shown.length,
      lines_searched: lines,
      next_cursor: isCut ? shown.at(-1)?.end : next,
      more: isCut || more || undefined,
    };
    return logReply(facts, render(shown));
  },
});

/** As many matches as fit, but one at least, if need be without the lines around it: else a caller could not go on. */
function fit(matches: readonly Match[], bytes: number): readonly Match[] {
  const isTooLong = (some: readonly Match[]): boolean => Buffer.byteLength(render(some)) > bytes;
  let count = matches.length;
  while (count > 1 && isTooLong(matches.slice(0, count))) count = Math.ceil(count / 2);
  const shown = matches.slice(0, count);
  if (!isTooLong(shown)) return shown;
  // A character takes 4 bytes at most.
  return shown.map((match) => ({
    ...match,
    before: [],
    after: [],
    text: match.text.slice(0, bytes / 4 - 16),
  }));
}

/** As grep(1) does it: a line that belongs to several matches stands once, "--" between what is apart. */
function render(matches: readonly Match[]): string {
  const lines = new Map<number, string>();
  for (const match of matches) {
    for (const line of [...match.before, ...match.after]) {
      if (!lines.has(line.number)) lines.set(line.number, show(line, '-'));
    }
    lines.set(match.number, show(match, ':'));
  }
  const numbers = [...lines.keys()].sort((a, b) => a - b);
  return numbers
    .map((number, at) => {
      const isApart = at > 0 && numbers[at - 1] !== number - 1 && matches.some(hasContext);
      return `${isApart ? '--\n' : ''}${lines.get(number) ?? ''}`;
    })
    .join('\n');
}

function hasContext({ before, after }: Match): boolean {
  return before.length + after.length > 0;
}

function show({ number, start, text }: FoundLine, mark: string): string {
  const line = text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…[${text.length} characters]` : text;
  return `${number}@${start}${mark}${line}`;
}
