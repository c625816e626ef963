import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { incompleteTail } from './character-decoder.ts';
import { TerminalStream } from './terminal-stream.ts';

/** Bytes among which every kind of error in UTF-8 is frequent. */
const byte = fc.oneof(
  fc.constantFrom(0xc0, 0xc2, 0xc3, 0xdf, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xf8, 0xff),
  fc.constantFrom(0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbb, 0xbf),
  fc.constantFrom(0x20, 0x41, 0x7e),
);
const bytes = fc.array(byte, { maxLength: 40 }).map((each) => Buffer.from(each));
/** Any bytes at all: controls, escape sequences and line ends too. */
const anything = fc
  .array(
    fc.oneof(
      byte.map((each) => Buffer.of(each)),
      fc
        .constantFrom(
          '\x1b',
          '\x1b[',
          '\x1b]0;',
          '\x1b\\',
          '\x07',
          '3',
          'K',
          'm',
          '\u009b',
          '\u009d0;',
          '\u009c',
          '\u0085',
        )
        .map((each) => Buffer.from(each)),
      fc.constantFrom('\n', '\r', '\b', '\t', '\x18', '\x7f', 'abc').map((each) => Buffer.from(each)),
    ),
    { maxLength: 40 },
  )
  .map((each) => Buffer.concat(each));

function render(parts: readonly Buffer[]): string {
  const stream = new TerminalStream();
  const lines: string[] = [];
  for (const part of parts) stream.feed(part, 0, { line: (text) => lines.push(text), left: () => undefined });
  stream.end();
  return [...lines, stream.text].join('\n');
}

/** As the Encoding Standard has it, a byte order mark included. */
function decode(input: Uint8Array): string {
  return new TextDecoder('utf-8').decode(input);
}

// Promise: invalid-utf8
test('replaces each maximal part of invalid UTF-8 by one U+FFFD', () => {
  fc.assert(
    fc.property(bytes, (input) => {
      // A C1 control is no text.
      fc.pre(!/[\u0080-\u009f]/.test(decode(input)));
      assert.equal(render([input]), decode(input));
    }),
    {
      numRuns: cases(5000),
      examples: [[Buffer.from('\ufeff')], [Buffer.from('\ufeff\ufeffa')], [Buffer.of(0xef, 0xbb)]],
    },
  );
});

test('drops a byte order mark at the beginning of a stream, and no other', () => {
  assert.equal(render([Buffer.from('\ufeff\ufeffa\ufeff\n\ufeffb')]), '\ufeffa\ufeff\n\ufeffb');
  assert.equal(render([Buffer.of(0xef), Buffer.of(0xbb), Buffer.of(0xbf), Buffer.from('a')]), 'a');
  assert.equal(render([Buffer.from('\x1b[m\ufeffa')]), '\ufeffa');
});

test('shows a character that a control character or sequence truncates as invalid', () => {
  for (const control of ['\n', '\r', '\x1b[m', '\b\x1b[C', '\x7f', '\x18', '\x1a', '\0']) {
    for (const cut of [[0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xf0, 0x80]]) {
      const input = Buffer.concat([Buffer.from(cut), Buffer.from(control), Buffer.of(0xa9)]);
      const expected = decode(Buffer.from(cut)) + (control === '\n' ? '\n' : '') + '\ufffd';
      assert.equal(
        render([input]),
        control === '\r' ? '\ufffd' + decode(Buffer.from(cut)).slice(1) : expected,
      );
    }
  }
});

// Promise: split-utf8
test('shows any bytes the same at once and in pieces of any size', () => {
  fc.assert(
    fc.property(anything, fc.integer({ min: 1, max: 7 }), (input, size) => {
      const parts: Buffer[] = [];
      for (let at = 0; at < input.length; at += size) parts.push(input.subarray(at, at + size));
      assert.equal(render(parts), render([input]));
    }),
    { numRuns: cases(3000) },
  );
});

test('finds an incomplete character at the end, but not one that can never be completed', () => {
  const euro = [...Buffer.from('€')];
  const smile = [...Buffer.from('\u{1f600}')];
  const cases: [number[], number][] = [
    [[], 0],
    [[0x41], 0],
    [euro, 0],
    [euro.slice(0, 2), 2],
    [euro.slice(0, 1), 1],
    [smile, 0],
    [smile.slice(0, 3), 3],
    [[0x41, 0xc3], 1],
    [[0xc3, 0x41], 0],
    [[0x80, 0x80, 0x80, 0x80], 0],
    [[0xf8], 0],
  ];
  for (const [input, count] of cases) assert.equal(incompleteTail(Uint8Array.from(input)), count);
});
