import { TextDecoder } from 'node:util';
import { isUtf16, utf16OfMark } from '../render/text-encoding.ts';
import type { Piece } from '../store/log-piece.ts';
import type { Stream } from '../store/log-segments.ts';

/** Returns the encoding of a stream, if it is not UTF-8. See `LogReader.encodingOf()`. */
export type EncodingOf = (stream: Stream, sample: Buffer) => string | undefined;

/** Decodes output from a cursor on. Each stream is decoded separately, since characters can arrive in parts. */
export class StreamDecoder {
  readonly #encodingOf: EncodingOf;
  readonly #decoders = new Map<Stream, TextDecoder>();
  /** The first byte of a stream, if it may begin a byte order mark. */
  readonly #first = new Map<Stream, Buffer>();

  constructor(encodingOf: EncodingOf) {
    this.#encodingOf = encodingOf;
  }

  write({ stream, offset, bytes }: Pick<Piece, 'stream' | 'offset' | 'bytes'>): string {
    const decoder = this.#decoders.get(stream);
    if (decoder !== undefined) return decoder.decode(bytes, { stream: true });
    const first = this.#first.get(stream);
    const known = first === undefined ? bytes : Buffer.concat([first, bytes]);
    if (known.length < 2 && (known[0] ?? 0xff) >= 0xfe) {
      this.#first.set(stream, known);
      return '';
    }
    this.#first.delete(stream);
    return this.#begin(stream, known, offset - (first?.length ?? 0));
  }

  /** Returns what is left of incomplete characters. */
  end(): string {
    const cut = [...this.#first].map(([stream, bytes]) => this.#begin(stream, bytes, 0));
    this.#first.clear();
    return [...cut, ...[...this.#decoders.values()].map((decoder) => decoder.decode())].join('');
  }

  #begin(stream: Stream, bytes: Buffer, offset: number): string {
    const encoding = this.#encodingOf(stream, bytes);
    const decoder = new TextDecoder(encoding);
    this.#decoders.set(stream, decoder);
    // The rest of a unit. They are aligned to even cursors.
    const isCut = isUtf16(encoding) && offset % 2 === 1 && utf16OfMark(bytes) === undefined;
    return decoder.decode(isCut ? bytes.subarray(1) : bytes, { stream: true });
  }
}
