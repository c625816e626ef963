import type { Stream } from '../output/layout.ts';
import type { Page } from '../output/page.ts';
import type { JobManager } from '../jobs/manager.ts';
import { jobFacts, logReply, pageBytes, type Facts } from './reply.ts';

export interface PageChoice {
  readonly cursor: number;
  readonly max_bytes: number;
  readonly stream: 'both' | Stream;
  readonly format: 'text' | 'raw';
}

/** The stream that a page is limited to. */
export function streamOf(choice: 'both' | Stream): Stream | undefined {
  return choice === 'both' ? undefined : choice;
}

/** A reply with the log from a cursor on. `extra` facts stand behind those of the job. */
export function pageReply(manager: JobManager, id: string, choice: PageChoice, extra: Facts = {}): string {
  const stream = streamOf(choice.stream);
  const request = { cursor: choice.cursor, maxBytes: pageBytes(choice.max_bytes), stream };
  // First the job: what is read afterwards then holds all that it wrote until then.
  const job = manager.get(id);
  if (choice.format === 'text') {
    const page = manager.readText(id, request);
    return logReply({ ...jobFacts(job), ...extra, ...pageFacts(page) }, page.text);
  }
  const page = manager.readRaw(id, request);
  const text = page.bytes.toString('utf8');
  const isText = Buffer.from(text).equals(page.bytes);
  const facts = { ...jobFacts(job), ...extra, ...pageFacts(page), encoding: isText ? undefined : 'base64' };
  return logReply(facts, isText ? text : page.bytes.toString('base64'));
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
