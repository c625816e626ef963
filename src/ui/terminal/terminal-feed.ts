import type { JobActivity } from '../../jobs/records/job-activity.ts';
import { behindFirstLineFeed } from '../../log/read/line-feeds.ts';
import type { LogRange } from '../../log/read/log-reader.ts';
import { type EncodingOf, StreamDecoder } from '../../log/read/stream-decoder.ts';
import { isUtf16 } from '../../log/render/text-encoding.ts';
import type { Piece } from '../../log/store/log-piece.ts';
import type { Stream } from '../../log/store/log-segments.ts';

/** How much of the end of a log is shown first. That is more than the 1000 lines that a terminal keeps by default. */
export const REPLAY_BYTES = 256 * 1024;
/** A terminal that is further behind its job skips to the end. Nobody could read the output in between. */
export const MAX_BEHIND_BYTES = 1024 * 1024;
/** How much output is written at a time. */
export const PORTION_BYTES = 64 * 1024;
/** How far the start of a line is searched for. */
const LINE_SEARCH_BYTES = 4096;

/** The log of a job. */
export interface FeedSource {
  readonly growth: Pick<JobActivity, 'version' | 'since'>;
  readonly encodingOf: EncodingOf;
  hasEnded(): boolean;
  range(): LogRange;
  pieces(from: number, to: number): Iterable<Pick<Piece, 'stream' | 'offset' | 'bytes'>>;
}

interface FeedTarget {
  /** Shows output. Resolves when more can be written. */
  output(text: string): Promise<void>;
  /** Reports that bytes are not shown. `isFirst`: nothing was shown before. */
  skipped(bytes: number, isFirst: boolean): void;
}

/**
 * Writes the log of a job to a terminal: its end first, then new output. Returns when the job has finished and all
 * output is shown, or when the signal aborts. It holds one portion at a time, however fast the job prints.
 */
export async function feedTerminal(
  source: FeedSource,
  target: FeedTarget,
  signal: AbortSignal,
): Promise<void> {
  const encodings = new Map<Stream, string>();
  // The beginning, which tells it, may be dropped later.
  const encodingOf: EncodingOf = (stream, sample) => {
    const encoding = encodings.get(stream) ?? source.encodingOf(stream, sample);
    if (encoding !== undefined) encodings.set(stream, encoding);
    return encoding;
  };
  let decoder = new StreamDecoder(encodingOf);
  let cursor = 0;
  let most = REPLAY_BYTES;
  let isFirst = true;
  while (!signal.aborted) {
    const { version } = source.growth;
    const hasEnded = source.hasEnded();
    const { start, end } = source.range();
    if (end - cursor > most || cursor < start) {
      const from = Math.max(start, end - REPLAY_BYTES);
      const next = lineStart(source, encodingOf, { from, start, end });
      target.skipped(next - cursor, isFirst);
      cursor = next;
      decoder = new StreamDecoder(encodingOf);
    }
    most = MAX_BEHIND_BYTES;
    isFirst = false;
    const until = Math.min(end, cursor + PORTION_BYTES);
    if (until > cursor) {
      let text = '';
      for (const piece of source.pieces(cursor, until)) {
        // Bytes were dropped just now. The next round reports them.
        if (piece.offset > cursor) break;
        text += decoder.write(piece);
        cursor = piece.offset + piece.bytes.length;
      }
      // Nothing could be read, since the log was removed.
      if (text === '' && cursor < until && source.range().start <= cursor) cursor = until;
      await target.output(text);
      continue;
    }
    if (hasEnded) {
      await target.output(decoder.end());
      return;
    }
    await source.growth.since(version, signal);
  }
}

/** Returns the start of a line near `from`, or else the start of a character. */
function lineStart(
  source: FeedSource,
  encodingOf: EncodingOf,
  { from, start, end }: { readonly from: number; readonly start: number; readonly end: number },
): number {
  if (from === 0) return 0;
  let whole: number | undefined;
  // The previous bytes show whether a line starts exactly here.
  for (const { stream, offset, bytes } of source.pieces(
    Math.max(start, from - 2),
    Math.min(end, from + LINE_SEARCH_BYTES),
  )) {
    const encoding = encodingOf(stream, bytes);
    const behind = behindFirstLineFeed({ offset, bytes }, encoding, from - offset);
    if (behind > 0) return offset + behind;
    if (whole === undefined && offset + bytes.length > from) {
      const skip = Math.max(0, from - offset);
      const first = firstWhole(bytes.subarray(skip), offset + skip, encoding);
      whole = first < 0 ? undefined : offset + skip + first;
    }
  }
  return whole ?? from;
}

/** Returns the index of the first byte that begins a character; -1 if there is none. */
function firstWhole(bytes: Buffer, offset: number, encoding: string | undefined): number {
  if (!isUtf16(encoding)) return bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  const first = offset % 2;
  const high = bytes[first + (encoding === 'utf-16le' ? 1 : 0)] ?? 0;
  // The second half of a surrogate pair.
  return (high & 0xfc) === 0xdc ? first + 2 : first;
}
