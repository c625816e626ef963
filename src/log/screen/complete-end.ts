import { TextDecoder } from 'node:util';
import type { LogReader } from '../read/log-reader.ts';
import { decoderFor } from '../render/character-decoder.ts';
import { splitOpenSequence } from '../render/open-sequence.ts';
import { C1_LEAD, isUtf8, isUtf16, type Utf16 } from '../render/text-encoding.ts';

/** A longer sequence counts as complete, so that a program that never ends one does not hold back its output for good. */
const MAX_OPEN_BYTES = 512 * 1024;

/** C1 controls in UTF-8, and other bytes that are not one but look like one. */
const UPPER_BYTES = /\xc2[\x80-\x9f]|[\x80-\x9f]/g;

/**
 * Returns the cursor behind the last character and the last escape sequence before `end` that are complete. Whoever continues
 * there reads the others as a whole.
 *
 * @param from not before this cursor
 */
export function completeEnd(reader: LogReader, from: number, end: number, encoding?: string): number {
  const first = Math.max(from, end - MAX_OPEN_BYTES);
  // A character of UTF-16 begins at an even cursor.
  const start = isUtf16(encoding) ? first + (first % 2) : first;
  const bytes = Buffer.concat([...reader.pieces(start, end)].map((piece) => piece.bytes));
  return end - (isUtf16(encoding) ? openUtf16(bytes, encoding) : openBytes(bytes, encoding));
}

/** Returns the number of bytes at the end that are not complete. */
function openBytes(bytes: Buffer, encoding: string | undefined): number {
  // Escape sequences are ASCII in all encodings, and no character contains a control character.
  const hasC1 = isUtf8(encoding);
  const text = bytes
    .toString('latin1')
    .replace(UPPER_BYTES, (found) => (hasC1 && found.length > 1 ? found : '?'.repeat(found.length)));
  const [complete, { length }] = splitOpenSequence(text, MAX_OPEN_BYTES);
  if (length > 0) return complete.charCodeAt(complete.length - 1) === C1_LEAD ? length + 1 : length;
  const plain = bytes.subarray(bytes.findLastIndex((byte) => byte < 0x20) + 1);
  return decoderFor(encoding).incompleteTail(plain);
}

function openUtf16(bytes: Buffer, encoding: Utf16): number {
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes, { stream: true });
  const [complete] = splitOpenSequence(text, MAX_OPEN_BYTES / 2);
  return bytes.length - complete.length * 2;
}
