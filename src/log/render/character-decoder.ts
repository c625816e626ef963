/** Decodes runs of bytes of which none is a control character. */
export interface CharacterDecoder {
  decode(bytes: Buffer, from: number, to: number): string;
  /** Returns the number of bytes at the end that begin a character without completing it. */
  incompleteTail(bytes: Buffer): number;
}

const UTF_8: CharacterDecoder = {
  decode: (bytes, from, to) => bytes.toString('utf8', from, to),
  incompleteTail,
};

/** @param _encoding a label of the Encoding Standard; UTF-8 if it is undefined */
export function decoderFor(_encoding: string | undefined): CharacterDecoder {
  return UTF_8;
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
