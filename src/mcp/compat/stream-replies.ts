import type { JobManager } from '../../jobs/manager.ts';
import { SCAN_LIMIT_BYTES } from '../../log/read/page.ts';
import { type Stream, STREAMS } from '../../log/store/log-segments.ts';
import { MAX_REPLY_BYTES } from '../shared/reply.ts';

/** Limit for one stream in a reply, so that both together fit into the largest of our own replies. */
const MAX_STREAM_BYTES = MAX_REPLY_BYTES / STREAMS.length;

const OMISSION = '[earlier output is not shown here: the tool "output" reads everything that is kept]';

/**
 * Returns the last lines of one stream as text. If there were more, a first line says so.
 *
 * @param lines all of them by default
 * @throws JobError if there is no such job
 */
export function lastOf(manager: JobManager, id: string, stream: Stream, lines = Infinity): string {
  const tail = manager.logs.readTail(id, { lines, maxBytes: MAX_STREAM_BYTES, stream });
  if (tail.lines >= lines || isFirst(manager, id, stream, tail.start)) return tail.text;
  return `${OMISSION}\n${tail.text}`;
}

/** Returns true if the stream certainly has nothing before a cursor. */
function isFirst(manager: JobManager, id: string, stream: Stream, cursor: number): boolean {
  const { start, end } = manager.logs.range(id);
  if (start > 0 || end > SCAN_LIMIT_BYTES) return false;
  return ![...manager.logs.pieces(id, start, cursor)].some((piece) => piece.stream === stream);
}

/** Returns the text of one stream from a cursor. @throws JobError */
export function since(manager: JobManager, id: string, stream: Stream, cursor: number): string {
  return manager.logs.readText(id, { cursor, stream, maxBytes: MAX_STREAM_BYTES }).text;
}
