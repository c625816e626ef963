import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { search } from '../search/log-search.ts';
import { LogWriter } from '../store/log-writer.ts';
import { LogReader } from './log-reader.ts';
import { readTail } from './log-tail.ts';
import { readRaw } from './raw-page.ts';
import { readText } from './text-page.ts';

interface Encoded {
  readonly encoding: string | undefined;
  readonly encode: (text: string) => Buffer;
}

/** Letters that were encoded elsewhere. */
const LETTERS: Readonly<Record<string, Readonly<Record<string, number[]>>>> = {
  gbk: { 你: [0xc4, 0xe3], 丂: [0x81, 0x40], 乗: [0x81, 0x5c] },
  shift_jis: { 日: [0x93, 0xfa], ソ: [0x83, 0x5c], ｱ: [0xb1] },
  'windows-1252': { '€': [0x80], é: [0xe9] },
};
const UTF_16_LETTERS = ['é', '漢', 'ਊ', 'Ċ', '😀'];

const encodings: readonly (Encoded & { readonly letters: readonly string[] })[] = [
  ...Object.entries(LETTERS).map(([encoding, letters]) => ({
    encoding,
    letters: Object.keys(letters),
    encode: (text: string) =>
      Buffer.concat(
        Array.from(text, (letter) => Buffer.from(letters[letter] ?? Array.from(Buffer.from(letter)))),
      ),
  })),
  ...[undefined, 'utf-16le'].map((encoding) => ({
    encoding,
    letters: UTF_16_LETTERS,
    encode: (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  })),
  ...[undefined, 'utf-16be'].map((encoding) => ({
    encoding,
    letters: UTF_16_LETTERS,
    encode: (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  })),
];

for (const { encoding, letters, encode } of encodings) {
  const name = `${encoding ?? 'a byte order mark'} (${encode('\n').toString('hex')})`;
  const words = fc.array(fc.constantFrom('a', 'word ', '\x1b[31m', '\n', '\n', '\n', ...letters), {
    maxLength: 400,
  });
  test(`pages, tails and searches of output in ${name}`, (t) => {
    const folder = scratchFolder(t);
    let run = 0;
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 64, max: 400 }),
        (units, chunk, maxBytes) => {
          const reader = write(join(folder, String(run++)), encode(units.join('')), chunk, encoding);
          const expected = units.filter((unit) => !unit.startsWith('\x1b')).join('');
          const { end } = reader.range();
          let [text, raw] = ['', Buffer.alloc(0)];
          const cursors: number[] = [0];
          for (let cursor = 0; cursor < end;) {
            const page = readText(reader, { cursor, maxBytes, ended: true });
            assert.ok(Buffer.byteLength(page.text) <= maxBytes);
            assert.ok(page.next > cursor);
            text += page.text;
            cursors.push((cursor = page.next));
          }
          assert.equal(text, expected);
          for (let cursor = 0; cursor < end;) {
            const page = readRaw(reader, { cursor, maxBytes, ended: true });
            raw = Buffer.concat([raw, page.bytes]);
            cursors.push((cursor = page.next));
          }
          assert.deepEqual(raw, encode(units.join('')));
          for (const cursor of cursors)
            assert.ok(isBoundary(raw, cursor, encoding ?? sniffed(raw)), `${cursor}`);

          const lines = expected.split('\n');
          if (lines.at(-1) === '') lines.pop();
          for (const count of [1, 3, 1000]) {
            const tail = readTail(reader, { lines: count, maxBytes: 1 << 20, ended: true });
            assert.deepEqual(
              tail.text.replace(/\n$/, '').split('\n'),
              lines.length === 0 ? [''] : lines.slice(-count),
            );
          }
          const request = { folder: reader.folder, encoding, pattern: '', context: 0 };
          const found: string[] = [];
          for (let cursor = 0, more = true; more;) {
            const result = search({ ...request, cursor, maxMatches: 3 });
            found.push(...result.matches.map((match) => match.text));
            ({ next: cursor, more } = result);
          }
          assert.deepEqual(found, lines);
        },
      ),
      { numRuns: cases(60, 2000) },
    );
  });
}

test('reads the log of a running job up to a complete character', (t) => {
  const folder = scratchFolder(t);
  const cases: readonly (readonly [
    encoding: string | undefined,
    bytes: number[],
    next: number,
    text: string,
  ])[] = [
    ['gbk', [0x61, 0xc4], 1, 'a'],
    ['shift_jis', [0x61, 0x83], 1, 'a'],
    ['utf-16le', [0x61, 0, 0x3d, 0xd8, 0], 2, 'a'],
    [undefined, [0xff], 0, ''],
    [undefined, [0xff, 0xfe, 0x61, 0, 0x0a], 4, 'a'],
  ];
  cases.forEach(([encoding, bytes, next, text], at) => {
    const reader = write(join(folder, String(at)), Buffer.from(bytes), 100, encoding);
    for (const page of [
      readText(reader, { cursor: 0, maxBytes: 100, ended: false }),
      readTail(reader, { lines: 1, maxBytes: 100, ended: false }),
    ]) {
      assert.deepEqual([page.text, page.next], [text, next]);
    }
  });
});

function sniffed(bytes: Buffer): string {
  return bytes[0] === 0xff ? 'utf-16le' : 'utf-16be';
}

/** Whether no character lies on both sides of a cursor. */
function isBoundary(bytes: Buffer, cursor: number, encoding: string): boolean {
  const decode = (part: Buffer): string => new TextDecoder(encoding, { ignoreBOM: true }).decode(part);
  return decode(bytes.subarray(0, cursor)) + decode(bytes.subarray(cursor)) === decode(bytes);
}

function write(folder: string, bytes: Buffer, chunk: number, encoding?: string): LogReader {
  const writer = new LogWriter(folder, 1 << 24);
  for (let at = 0; at < bytes.length; at += chunk) {
    const part = bytes.subarray(at, at + chunk);
    writer.write('stdout', part, part.length);
  }
  writer.close();
  return new LogReader(folder, encoding);
}

test('a byte order mark names the encoding of a terminal, also if the output after it has no zero byte', (t) => {
  const readerOf = (output: Buffer, encoding?: string): LogReader => {
    const folder = join(scratchFolder(t), 'log');
    const writer = new LogWriter(folder, 1024 * 1024);
    writer.write('stdout', output, output.length, 0);
    writer.close();
    return new LogReader(folder, encoding);
  };
  assert.equal(readerOf(Buffer.from('\ufeff你好', 'utf16le')).terminalEncoding(), 'utf-16le');
  assert.equal(readerOf(Buffer.from('plain')).terminalEncoding(), undefined);
  assert.equal(readerOf(Buffer.from('plain'), 'gbk').terminalEncoding(), 'gbk');
  assert.equal(new LogReader(join(scratchFolder(t), 'none')).terminalEncoding(), undefined);
});
