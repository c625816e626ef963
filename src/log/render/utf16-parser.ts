import { type OutputHandler, OutputParser, type StreamParser } from './output-parser.ts';
import type { Utf16 } from './text-encoding.ts';

/** Parses a stream in UTF-16. The bytes must begin with the first byte of a unit. */
export class Utf16Parser implements StreamParser {
  readonly #parser: OutputParser;
  readonly #isLittleEndian: boolean;
  /** The first byte of a unit, or the first of two units that are one character. */
  #pending = Buffer.alloc(0);
  #pendingAt = 0;
  /** Where an incomplete sequence begins. */
  #sequenceAt = 0;

  constructor(handler: OutputHandler, isAtStart: boolean, encoding: Utf16) {
    this.#parser = new OutputParser(handler, isAtStart);
    this.#isLittleEndian = encoding === 'utf-16le';
  }

  get isComplete(): boolean {
    return this.#pending.length === 0 && this.#parser.isComplete;
  }

  get openAt(): number | undefined {
    if (!this.#parser.isComplete) return this.#sequenceAt;
    return this.#pending.length === 0 ? undefined : this.#pendingAt;
  }

  get position(): number {
    return this.#parser.position;
  }

  end(): void {
    if (this.#pending.length > 0) this.#parser.feed(Buffer.from('\ufffd'), this.#pendingAt);
    this.#pending = Buffer.alloc(0);
    this.#parser.end();
  }

  feed(given: Buffer, givenOffset: number): void {
    const bytes = this.#pending.length === 0 ? given : Buffer.concat([this.#pending, given]);
    const offset = givenOffset - this.#pending.length;
    let [runStart, at] = [0, 0];
    for (; at + 1 < bytes.length; at += 2) {
      const unit = this.#unitAt(bytes, at);
      if (!isControl(unit) && this.#parser.isComplete) continue;
      this.#feedText(bytes, runStart, at, offset + at);
      runStart = at + 2;
      const { openAt } = this.#parser;
      // One unit at a time, so that the cursor behind it is right.
      this.#feedText(bytes, at, runStart, offset + runStart);
      if (this.#parser.openAt !== openAt) this.#sequenceAt = offset + at;
    }
    // A character of two units may be cut between them.
    if (at > runStart && isHighSurrogate(this.#unitAt(bytes, at - 2))) at -= 2;
    this.#feedText(bytes, runStart, at, offset + at);
    this.#pending = Buffer.from(bytes.subarray(at));
    this.#pendingAt = offset + at;
  }

  /** @param end the cursor behind the text */
  #feedText(bytes: Buffer, from: number, to: number, end: number): void {
    if (from >= to) return;
    let text = '';
    for (let at = from; at < to; at += 2) text += String.fromCharCode(this.#unitAt(bytes, at));
    const encoded = Buffer.from(text);
    this.#parser.feed(encoded, end - encoded.length);
  }

  #unitAt(bytes: Buffer, at: number): number {
    return this.#isLittleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }
}

function isControl(unit: number): boolean {
  return unit < 0x20 || (unit >= 0x7f && unit <= 0x9f);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
