import { TextDecoder } from 'node:util';
import { isUtf8 } from './text-encoding.ts';

/** Decodes runs of bytes that contain no control character. */
export interface CharacterDecoder {
  decode(bytes: Buffer, from: number, to: number): string;
  /** Returns the number of bytes at the end that begin a character without completing it. */
  incompleteTail(bytes: Buffer): number;
}

/** Encodings of which a character can have several bytes. In none of them, a control character is among these. */
const MULTI_BYTE: ReadonlySet<string> = new Set(['gbk', 'gb18030', 'big5', 'euc-jp', 'euc-kr', 'shift_jis']);
/** Some decoders return this control character in place of U+FFFD. */
const SUBSTITUTE = /\x1a/g; // eslint-disable-line no-control-regex -- it is one
/** Longest character of these, in bytes. */
const MAX_CHARACTER_BYTES = 4;

const UTF_8: CharacterDecoder = {
  decode: (bytes, from, to) => bytes.toString('utf8', from, to),
  incompleteTail,
};

/** @param encoding a name that `encodingNamed()` returned, other than UTF-16 */
export function decoderFor(encoding?: string): CharacterDecoder {
  if (isUtf8(encoding)) return UTF_8;
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const isMultiByte = MULTI_BYTE.has(encoding);
  return {
    // As a whole, Node 20 and 23 decode windows-1252 as Latin-1. A part is right, and of single bytes none is incomplete.
    decode: (bytes, from, to) =>
      decoder.decode(bytes.subarray(from, to), { stream: !isMultiByte }).replace(SUBSTITUTE, '\ufffd'),
    incompleteTail: isMultiByte ? (bytes) => undecodedTail(bytes, decoder) : () => 0,
  };
}

/** Returns the number of bytes at the end for which a decoder waits. */
function undecodedTail(bytes: Buffer, decoder: TextDecoder): number {
  if (bytes.subarray(1 - MAX_CHARACTER_BYTES).every((byte) => byte < 0x80)) return 0;
  const text = decodePart(bytes, decoder);
  for (let back = Math.min(MAX_CHARACTER_BYTES - 1, bytes.length); back > 0; back--) {
    if (decodePart(bytes.subarray(0, -back), decoder) === text) return back;
  }
  return 0;
}

function decodePart(bytes: Buffer, decoder: TextDecoder): string {
  const text = decoder.decode(bytes, { stream: true });
  // Forgets what is incomplete.
  decoder.decode();
  return text;
}

/** Returns the number of bytes at the end that begin a UTF-8 character without completing it (0 to 3). */
export function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return byte < 0xf8 && length > back ? back : 0;
    }
  }
  return 0;
}
