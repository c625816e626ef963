import { TextDecoder } from 'node:util';
import type { JobActivity } from '../../jobs/records/job-activity.ts';
import type { LogRange } from '../../log/read/log-reader.ts';
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

const LF = 0x0a;

/** The log of a job. */
export interface FeedSource {
  readonly growth: Pick<JobActivity, 'version' | 'since'>;
  /** UTF-8 if it is undefined. */
  readonly encoding?: string | undefined;
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
  let decoder = new StreamDecoder(source.encoding);
  let cursor = 0;
  let most = REPLAY_BYTES;
  let isFirst = true;
  while (!signal.aborted) {
    const { version } = source.growth;
    const hasEnded = source.hasEnded();
    const { start, end } = source.range();
    if (end - cursor > most || cursor < start) {
      const next = lineStart(source, Math.max(start, end - REPLAY_BYTES), start, end);
      target.skipped(next - cursor, isFirst);
      cursor = next;
      decoder = new StreamDecoder(source.encoding);
    }
    most = MAX_BEHIND_BYTES;
    isFirst = false;
    const until = Math.min(end, cursor + PORTION_BYTES);
    if (until > cursor) {
      let text = '';
      for (const { stream, offset, bytes } of source.pieces(cursor, until)) {
        // Bytes were dropped just now. The next round reports them.
        if (offset > cursor) break;
        text += decoder.write(stream, bytes);
        cursor = offset + bytes.length;
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

/** Decodes each stream separately, since characters can arrive in parts. */
class StreamDecoder {
  readonly #decoders: Readonly<Record<Stream, TextDecoder>>;

  constructor(encoding?: string) {
    this.#decoders = { stdout: new TextDecoder(encoding), stderr: new TextDecoder(encoding) };
  }

  write(stream: Stream, bytes: Buffer): string {
    return this.#decoders[stream].decode(bytes, { stream: true });
  }

  end(): string {
    return this.#decoders.stdout.decode() + this.#decoders.stderr.decode();
  }
}

/** Returns the start of a line near `from`, or else the start of a character. */
function lineStart(source: FeedSource, from: number, start: number, end: number): number {
  if (from === 0) return 0;
  let whole: number | undefined;
  // The previous byte shows whether a line starts exactly here.
  for (const { offset, bytes } of source.pieces(
    Math.max(start, from - 1),
    Math.min(end, from + LINE_SEARCH_BYTES),
  )) {
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
