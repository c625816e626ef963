import { isUtf16 } from '../render/text-encoding.ts';

const LF = 0x0a;

/** A part of a log. */
interface LogPart {
  /** Cursor of the first byte. In UTF-16, units are aligned to even cursors. */
  readonly offset: number;
  readonly bytes: Buffer;
}

/** Returns the index behind the last line feed that is complete before an index; 0 if there is none. */
export function behindLastLineFeed(
  { offset, bytes }: LogPart,
  encoding: string | undefined,
  before = bytes.length,
): number {
  if (!isUtf16(encoding)) return before <= 0 ? 0 : bytes.lastIndexOf(LF, before - 1) + 1;
  const [first, second] = encoding === 'utf-16le' ? [LF, 0] : [0, LF];
  for (let at = before - 2; at >= 0; at--) {
    if (bytes[at] === first && bytes[at + 1] === second && (offset + at) % 2 === 0) return at + 2;
  }
  return 0;
}

/** Returns the index behind the first line feed that is complete at an index or later; 0 if there is none. */
export function behindFirstLineFeed(
  { offset, bytes }: LogPart,
  encoding: string | undefined,
  from: number,
): number {
  if (!isUtf16(encoding)) return bytes.indexOf(LF, Math.max(0, from - 1)) + 1;
  const [first, second] = encoding === 'utf-16le' ? [LF, 0] : [0, LF];
  for (let at = Math.max(0, from - 2); at + 1 < bytes.length; at++) {
    if (bytes[at] === first && bytes[at + 1] === second && (offset + at) % 2 === 0) return at + 2;
  }
  return 0;
}
