import { isUtf8 } from 'node:buffer';
import type { Stream } from '../../log/store/log-segments.ts';
import type { LongLine } from '../../log/read/long-line.ts';
import type { Page } from '../../log/read/page.ts';
import type { TextPage } from '../../log/read/text-page.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { readFoldedPage } from './folded-page.ts';
import { streamOf } from './stream-choice.ts';
import { jobFacts, logReply, pageBytes, type Facts } from './reply.ts';

export interface PageChoice {
  readonly cursor: number;
  readonly max_bytes: number;
  readonly stream: 'both' | Stream;
  readonly format: 'text' | 'raw';
}

/** A reply with a part of the log, and where that ends. */
export interface PageReply {
  readonly text: string;
  /** The cursor to go on with. */
  readonly next: number;
  /** Bytes between it and the end of the log. */
  readonly left: number;
}

/** A reply with the log from a cursor on. `extra` facts stand behind those of the job. */
export function pageReply(manager: JobManager, id: string, choice: PageChoice, extra: Facts = {}): PageReply {
  // First the job: what is read afterwards then holds all that it wrote until then.
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
    return reply(page, markEnd(page));
  }
  const page = manager.logs.readRaw(id, request);
  if (isUtf8(page.bytes)) return reply(page, page.bytes.toString('utf8'));
  // Base64 makes 4 characters of 3 bytes.
  const smaller = manager.logs.readRaw(id, { ...request, maxBytes: Math.floor(maxBytes / 4) * 3 });
  return reply(smaller, manager.secrets.maskBytes(smaller.bytes).toString('base64'), { encoding: 'base64' });
}

/** What a header says of a page; `left`: bytes between its end and the end of the log. */
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

/** The text of a page, and where its last line was cut a word on how it goes on. */
function markEnd({ text, next, cut }: TextPage): string {
  if (cut === undefined) return text;
  return `${text}\n[the line is cut here: it has ${length(cut)}, and goes on at cursor ${next}]`;
}

/** The text of a tail, and where its first line was cut a word on where it begins. */
export function markStart({ text, cut }: TextPage): string {
  if (cut === undefined) return text;
  const from = cut.isWhole ? 'begins' : 'is there from';
  return `[the line is cut here: it has ${length(cut)}, and ${from} at cursor ${cut.start}]\n${text}`;
}

function length({ bytes, isWhole }: LongLine): string {
  return `${isWhole ? '' : 'more than '}${bytes} bytes`;
}
