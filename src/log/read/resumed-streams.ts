import { type Line, LineAssembler } from '../render/line-assembler.ts';
import { TerminalStream, type TerminalStreamOptions } from '../render/terminal-stream.ts';
import { isUtf16 } from '../render/text-encoding.ts';
import { type Stream, STREAMS } from '../store/log-segments.ts';
import { behindLastLineFeed } from './line-feeds.ts';
import { BLOCK_BYTES, type LogReader } from './log-reader.ts';

/** Bytes that are read first, of both streams together. */
const NEAR_BYTES = 8 * 1024;
/** Bytes that are rendered for the rows of a stream that moves between them. */
const SCREEN_BYTES = BLOCK_BYTES;
/** How far the beginning of an image is looked for, in bytes. */
const IMAGE_BYTES = 1024 * 1024;
/** Parts in which a line may come. */
const MAX_PARTS = 1000;

const [LF, VT, FF, ESC] = [0x0a, 0x0b, 0x0c, 0x1b];

export interface AssemblerOptions {
  /** The stream whose lines are formed; both by default. */
  readonly only?: Stream | undefined;
  readonly onDrawing?: (drawing: Line) => void;
  /** A row that is longer than this is not continued: a page must have room for it. */
  readonly maxRowBytes?: number;
}

/**
 * The state of the streams at a cursor, from which reading continues. The cursor can be inside a character, an escape
 * sequence or a screen that is being drawn: the caller chose it, or one stream was there while the other filled a page.
 */
export class ResumedStreams {
  readonly cursor: number;
  readonly #states: readonly StreamState[];

  constructor(reader: LogReader, cursor: number, streams: readonly Stream[] = STREAMS) {
    this.cursor = cursor;
    this.#states = statesAt(reader, cursor, streams);
  }

  /** Each stream is at the beginning of a line, and does not move between rows. */
  get isAtLineStart(): boolean {
    return this.#states.every(({ bytes }) => bytes.length === 0);
  }

  /**
   * Makes an assembler for the lines from the cursor on. Of a line in progress it has only the part behind the cursor, if
   * that does not change the part before.
   */
  assembler({ only, onDrawing, maxRowBytes = Infinity }: AssemblerOptions = {}): LineAssembler {
    const resumed = this.#states.filter(({ stream }) => only === undefined || stream === only);
    const terminals = new Map(resumed.map((state) => [state.stream, this.#restore(state)]));
    const assembler = new LineAssembler((stream) => terminals.get(stream) ?? new TerminalStream(), onDrawing);
    for (const { stream, isLineKnown } of resumed)
      assembler.beginAt(stream, this.cursor, isLineKnown ? maxRowBytes : 0);
    return assembler;
  }

  /** Returns whether a stream is in the middle of a line. */
  isInLine(stream: Stream): boolean {
    const state = this.#states.find((each) => each.stream === stream);
    return state !== undefined && state.bytes.length > 0 && !this.#restore(state).isBlank;
  }

  /** Returns true if a stream is in the middle of a line that has at least 64 KiB before the cursor. */
  isInLongLine(stream: Stream): boolean {
    const state = this.#states.find((each) => each.stream === stream);
    return state !== undefined && state.bytes.length >= BLOCK_BYTES && !state.bytes.includes(LF);
  }

  #restore({ bytes, options }: StreamState): TerminalStream {
    const terminal = new TerminalStream(options);
    const offset = this.cursor - bytes.length;
    terminal.feed(bytes, offset, { line: () => undefined, left: () => undefined });
    return terminal;
  }
}

/** What must be rendered to bring a stream into its state at a cursor. */
interface StreamState {
  readonly stream: Stream;
  readonly bytes: Buffer;
  readonly options: TerminalStreamOptions;
  /** The bytes include the beginning of the line in progress. */
  readonly isLineKnown: boolean;
}

function statesAt(reader: LogReader, cursor: number, streams: readonly Stream[]): StreamState[] {
  const from = Math.max(reader.range().start, cursor - NEAR_BYTES);
  const near = bytesBetween(reader, from, cursor, streams);
  return streams.map((stream) => stateFrom(reader, stream, cursor, near.get(stream) as Buffer, from === 0));
}

function stateFrom(
  reader: LogReader,
  stream: Stream,
  cursor: number,
  near: Buffer,
  isWhole: boolean,
): StreamState {
  if (isInImage(near)) return screenState(reader, stream, cursor, IMAGE_BYTES);
  if (movesBetweenRows(near)) return screenState(reader, stream, cursor, SCREEN_BYTES);
  const encoding = reader.encodingOf(stream, near);
  const lineStart = behindLastLineFeed({ offset: cursor - near.length, bytes: near }, encoding);
  if (lineStart === 0 && !isWhole) {
    const line = lineOf(reader, stream, cursor);
    // Without an index, only the near bytes are known.
    const bytes = line.bytes.length > 0 ? line.bytes : near;
    const options = { isAtStart: bytes.length === 0, isScreenEmpty: false, encoding, rows: reader.rows };
    return { stream, bytes, options, isLineKnown: line.isWhole };
  }
  const options = {
    encoding,
    rows: reader.rows,
    isAtStart: lineStart === 0,
    isScreenEmpty: isWhole,
    earlierLines: near.subarray(0, lineStart),
  };
  return { stream, bytes: near.subarray(lineStart), options, isLineKnown: true };
}

/** The state of a stream that moves between rows, or is inside an image: all that it wrote lately matters. */
function screenState(reader: LogReader, stream: Stream, cursor: number, size: number): StreamState {
  const from = Math.max(reader.range().start, cursor - size);
  const bytes = bytesBetween(reader, from, cursor, [stream]).get(stream) as Buffer;
  const encoding = reader.encodingOf(stream, bytes);
  const isWhole = from === 0;
  // Neither a line nor a sequence is complete before the first that begins.
  const first = bytes.findIndex((byte) => byte === LF || byte === ESC);
  const half = isUtf16(encoding) ? (cursor - bytes.length + first) % 2 : 0;
  const begin = isWhole ? 0 : Math.max(0, first - half);
  const options = { isAtStart: isWhole, isScreenEmpty: isWhole, encoding, rows: reader.rows };
  // The line begins with what moved the cursor to its row. So it is known, unless nothing of its stream is kept.
  return { stream, bytes: bytes.subarray(begin), options, isLineKnown: true };
}

function bytesBetween(
  reader: LogReader,
  from: number,
  to: number,
  streams: readonly Stream[],
): Map<Stream, Buffer> {
  const parts = new Map(streams.map((stream) => [stream, [] as Buffer[]]));
  if (from < to) for (const { stream, bytes } of reader.pieces(from, to)) parts.get(stream)?.push(bytes);
  return new Map(
    [...parts].map(([stream, some]) => [
      stream,
      some.length === 1 ? (some[0] as Buffer) : Buffer.concat(some),
    ]),
  );
}

/* eslint-disable no-control-regex -- escape sequences are made of control characters */
/** In UTF-8, a C1 control stands for ESC and another character. */
const MOVES_BETWEEN_ROWS = new RegExp(
  [
    /(?:\x1b\[|\xc2\x9b)(?:[\d;]*[ABEFHLMSTdefrsu]|\??[12]J|\?(?:[\d;]*;)?(?:6|47|104[789])(?:;[\d;]*)?[hl]|!p)/,
    /\x1b[78DEMc]|\xc2[\x84\x85\x8d]|(?:\x1bP|\xc2\x90)[\d;]*q|[\v\f]/,
  ]
    .map(({ source }) => source)
    .join('|'),
);
const C1_CONTROLS = /[\x84\x85\x8d\x90\x9b]/g;
/* eslint-enable no-control-regex */
/** Without any of these, a stream stays on its row. */
const MOVE_BEGINNINGS = [ESC, VT, FF, 0xc2, 0];

function movesBetweenRows(bytes: Buffer): boolean {
  if (!MOVE_BEGINNINGS.some((each) => bytes.includes(each))) return false;
  const text = bytes.toString('latin1');
  if (!bytes.includes(0)) return MOVES_BETWEEN_ROWS.test(text);
  // In UTF-16, each of these characters has a zero byte.
  return MOVES_BETWEEN_ROWS.test(text.replaceAll('\0', '').replace(C1_CONTROLS, '\xc2$&'));
}

/** Enough of an image to recognize it: it has no blanks and no sequences, but many repetitions and colors. */
const IMAGE_SAMPLE_BYTES = 1024;
const IMAGE = /^[!-$\-0-9;?-~\r\n]*$/;

function isInImage(near: Buffer): boolean {
  if (near.length < IMAGE_SAMPLE_BYTES) return false;
  const sample = near.toString('latin1', near.length - IMAGE_SAMPLE_BYTES);
  return IMAGE.test(sample) && /[#!]\d/.test(sample);
}

/**
 * The line in progress of a stream, or the end of it if it is long. The other stream may have written any amount
 * since, and in between.
 */
function lineOf(
  reader: LogReader,
  stream: Stream,
  cursor: number,
): { readonly bytes: Buffer; readonly isWhole: boolean } {
  const parts: Buffer[] = [];
  let size = 0;
  let isWhole = false;
  for (let at = cursor; size < BLOCK_BYTES && parts.length < MAX_PARTS;) {
    const run = reader.lastRun(stream, at);
    if (run === undefined) {
      // It begins with the log, unless that has dropped its beginning.
      isWhole = reader.range().start === 0;
      break;
    }
    const start = Math.max(run.start, run.end - BLOCK_BYTES);
    const bytes = Buffer.concat([...reader.pieces(start, run.end)].map((piece) => piece.bytes));
    const encoding = reader.encodingOf(stream, bytes);
    const begin = behindLastLineFeed({ offset: start, bytes }, encoding);
    parts.unshift(bytes.subarray(begin));
    size += bytes.length;
    isWhole = begin > 0;
    if (isWhole) break;
    at = start;
  }
  return { bytes: Buffer.concat(parts), isWhole };
}
