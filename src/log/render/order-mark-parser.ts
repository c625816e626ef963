import { type OutputHandler, OutputParser, type StreamParser } from './output-parser.ts';
import { utf16OfMark } from './text-encoding.ts';
import { Utf16Parser } from './utf16-parser.ts';

const MARK_BYTES = 2;

/** Parses a stream from its beginning, where a byte order mark tells whether it is in UTF-16. */
export class OrderMarkParser implements StreamParser {
  readonly #handler: OutputHandler;
  #parser: StreamParser | undefined;
  /** The first byte, if it may begin a mark. */
  #first = Buffer.alloc(0);
  #firstAt = 0;

  constructor(handler: OutputHandler) {
    this.#handler = handler;
  }

  get isComplete(): boolean {
    return this.#parser?.isComplete ?? this.#first.length === 0;
  }

  get openAt(): number | undefined {
    if (this.#parser !== undefined) return this.#parser.openAt;
    return this.#first.length === 0 ? undefined : this.#firstAt;
  }

  get position(): number {
    return this.#parser?.position ?? this.#firstAt;
  }

  end(): void {
    if (this.#first.length > 0) this.#parse(Buffer.alloc(0), this.#firstAt + this.#first.length);
    this.#parser?.end();
  }

  feed(bytes: Buffer, offset: number): void {
    if (this.#parser !== undefined) {
      this.#parser.feed(bytes, offset);
      return;
    }
    if (bytes.length === 0) return;
    const [first = 0] = this.#first.length > 0 ? this.#first : bytes;
    if (first >= 0xfe && this.#first.length + bytes.length < MARK_BYTES) {
      this.#first = Buffer.from(bytes);
      this.#firstAt = offset;
      return;
    }
    this.#parse(bytes, offset);
  }

  #parse(bytes: Buffer, offset: number): void {
    const all = Buffer.concat([this.#first, bytes]);
    const encoding = utf16OfMark(all);
    this.#parser =
      encoding === undefined
        ? new OutputParser(this.#handler, true)
        : new Utf16Parser(this.#handler, true, encoding);
    this.#parser.feed(all, offset - this.#first.length);
    this.#first = Buffer.alloc(0);
  }
}
