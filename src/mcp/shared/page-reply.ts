import { isUtf8 } from 'node:buffer';
import type { JobManager } from '../../jobs/manager.ts';
import type { LogRange } from '../../log/read/log-reader.ts';
import type { LongLine } from '../../log/read/long-line.ts';
import type { Page } from '../../log/read/page.ts';
import type { TextPage } from '../../log/read/text-page.ts';
import type { Stream } from '../../log/store/log-segments.ts';
import { readFoldedPage } from './folded-page.ts';
import { type Facts, jobFacts, logReply, pageBytes } from './reply.ts';
import { streamOf } from './stream-choice.ts';

export interface PageChoice {
  readonly cursor: number;
  readonly max_bytes: number;
  readonly stream: 'both' | Stream;
  readonly format: 'text' | 'raw';
}

/** A reply with a part of the log. */
export interface PageReply {
  readonly text: string;
  /** The cursor to continue from. */
  readonly next: number;
  /** Bytes between that cursor and the end of the log. */
  readonly left: number;
}

/** Returns a reply with the log from a cursor. @param extra facts that follow those of the job in the header */
export function pageReply(manager: JobManager, id: string, choice: PageChoice, extra: Facts = {}): PageReply {
  // The job comes first, so that the log holds everything that it wrote before the state that the header shows.
  const job = manager.jobs.get(id);
  const facts = { ...jobFacts(job), ...extra };
  const maxBytes = pageBytes(choice.max_bytes, facts);
  const request = { cursor: choice.cursor, stream: streamOf(choice.stream, job), maxBytes };
  const reply = (page: Page, log: string, more: Facts = {}): PageReply => ({
    text: logReply({ ...facts, ...pageFacts(page), ...more }, log),
    next: page.next,
    left: page.end - page.next,
  });
  if (choice.format === 'text') {
    const { stream } = request;
    const read = (cursor: number, bytes: number): TextPage =>
      manager.logs.readText(id, { cursor, stream, maxBytes: bytes });
    const page = readFoldedPage(read, choice.cursor, maxBytes);
    const note = page.dropped > 0 ? deletedNote(manager, id, page) : undefined;
    return reply(page, note ?? markEnd(page));
  }
  const page = manager.logs.readRaw(id, request);
  if (isUtf8(page.bytes)) return reply(page, page.bytes.toString('utf8'));
  // Base64 encodes 3 bytes as 4 characters.
  const smaller = manager.logs.readRaw(id, { ...request, maxBytes: Math.floor(maxBytes / 4) * 3 });
  return reply(smaller, manager.secrets.maskBytes(smaller.bytes).toString('base64'), { encoding: 'base64' });
}

/** Returns the facts of a page for a header. */
export function pageFacts(page: Page): Facts {
  return {
    cursor: page.start,
    next_cursor: page.next,
    left: page.end - page.next,
    dropped: page.dropped || undefined,
    continued: page.continued || undefined,
    partial: page.partial || undefined,
  };
}

/** Returns the line that replaces a log that was deleted. Undefined if any of it is kept, or there was none. */
export function deletedNote(
  { jobs }: JobManager,
  id: string,
  { start, end }: Pick<LogRange, 'start' | 'end'>,
): string | undefined {
  if (end === 0 || start < end) return undefined;
  return jobs.history.hasDroppedLog(id)
    ? `[The ${end} bytes of output are no longer kept. The oldest output is deleted to save space.]`
    : `[The ${end} bytes of output are gone: the files of the log are not in the storage folder any more.]`;
}

/** Returns the text of a page. If its last line is cut, a mark says where that continues. */
function markEnd({ text, next, cut }: TextPage): string {
  if (cut === undefined) return text;
  return `${text}\n[the line is cut here: it has ${length(cut)}, and continues at cursor ${next}]`;
}

/** How a mark says where a line begins. */
const BEGINNINGS = {
  found: 'begins at cursor',
  dropped: 'is kept from cursor',
  earlier: 'begins before cursor',
} as const;

/** Returns the text of a tail. If its first line is cut, a mark says where that begins. */
export function markStart({ text, cut }: TextPage): string {
  if (cut === undefined) return text;
  return `[the line is cut here: it has ${length(cut)}, and ${BEGINNINGS[cut.beginning]} ${cut.start}]\n${text}`;
}

function length({ bytes, isWhole }: LongLine): string {
  return `${isWhole ? '' : 'more than '}${bytes} bytes`;
}
