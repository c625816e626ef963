import { StringDecoder } from 'node:string_decoder';
import type { JobActivity } from '../../jobs/job-activity.ts';
import type { Stream } from '../../log/store/log-segments.ts';
import type { LogRange } from '../../log/read/log-reader.ts';
import type { Piece } from '../../log/store/log-piece.ts';

/** Of a long log the end (bytes) is shown first. It is more than the 1000 lines that a terminal keeps by default. */
export const REPLAY = 256 * 1024;
/** A terminal that is further (bytes) behind its job goes on near the end: nobody has read what lies between. */
export const MAX_BEHIND = 1024 * 1024;
/** Bytes handed out at a time. */
export const PORTION = 64 * 1024;
/** How far (bytes) the begin of a line is looked for. */
const NEAR = 4096;

const LF = 0x0a;

/** The log of a job. */
export interface FeedSource {
  readonly growth: Pick<JobActivity, 'version' | 'since'>;
  hasEnded(): boolean;
  range(): LogRange;
  pieces(from: number, to: number): Iterable<Pick<Piece, 'stream' | 'offset' | 'bytes'>>;
}

export interface FeedTarget {
  /** Shows output. Resolves when there is room for more. */
  output(text: string): Promise<void>;
  /** So many bytes are not shown. `isFirst`: they stand before all that is. */
  skipped(bytes: number, isFirst: boolean): void;
}

/**
 * The log of a job for a terminal: its end first, then what comes, as it was written, until the job has ended and all
 * is shown, or the signal aborts. It holds one portion at a time, however fast the job prints.
 */
export async function feedTerminal(
  source: FeedSource,
  target: FeedTarget,
  signal: AbortSignal,
): Promise<void> {
  let decoder = new StreamDecoder();
  let cursor = 0;
  let most = REPLAY;
  let isFirst = true;
  while (!signal.aborted) {
    const { version } = source.growth;
    const hasEnded = source.hasEnded();
    const { start, end } = source.range();
    if (end - cursor > most || cursor < start) {
      const next = lineStart(source, Math.max(start, end - REPLAY), start, end);
      target.skipped(next - cursor, isFirst);
      cursor = next;
      decoder = new StreamDecoder();
    }
    most = MAX_BEHIND;
    isFirst = false;
    const until = Math.min(end, cursor + PORTION);
    if (until > cursor) {
      let text = '';
      for (const { stream, offset, bytes } of source.pieces(cursor, until)) {
        // It was dropped just now: told with the rest, at the next look.
        if (offset > cursor) break;
        text += decoder.write(stream, bytes);
        cursor = offset + bytes.length;
      }
      // Nothing could be read: it is gone.
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

/** Characters that come in parts, of each stream on its own. */
class StreamDecoder {
  readonly #decoders: Readonly<Record<Stream, StringDecoder>> = {
    stdout: new StringDecoder(),
    stderr: new StringDecoder(),
  };

  write(stream: Stream, bytes: Buffer): string {
    return this.#decoders[stream].write(bytes);
  }

  end(): string {
    return this.#decoders.stdout.end() + this.#decoders.stderr.end();
  }
}

/** The begin of a line near `from`, else of a character. */
function lineStart(source: FeedSource, from: number, start: number, end: number): number {
  if (from === 0) return 0;
  let whole: number | undefined;
  // The byte before tells whether a line begins just here.
  for (const { offset, bytes } of source.pieces(Math.max(start, from - 1), Math.min(end, from + NEAR))) {
    const at = bytes.indexOf(LF);
    if (at >= 0) return offset + at + 1;
    if (whole === undefined && offset + bytes.length > from) {
      const skip = Math.max(0, from - offset);
      const first = bytes.subarray(skip).findIndex((byte) => (byte & 0xc0) !== 0x80);
      whole = first < 0 ? undefined : offset + skip + first;
    }
  }
  return whole ?? from;
}
