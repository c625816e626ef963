import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import { test, type TestContext } from 'node:test';
import util from 'node:util';
import indexes from '../../../test/fixtures/single-byte-encodings.json' with { type: 'json' };
import { decoderFor } from './character-decoder.ts';
import { TerminalStream } from './terminal-stream.ts';
import { encodingNamed } from './text-encoding.ts';

test('finds an encoding by any of its names', () => {
  const cases: readonly (readonly [label: string, name: string | undefined])[] = [
    ['GBK', 'gbk'],
    ['gb2312', 'gbk'],
    ['cp936', 'gbk'],
    ['CP1252', 'windows-1252'],
    ['latin1', 'windows-1252'],
    ['Shift_JIS', 'shift_jis'],
    ['sjis', 'shift_jis'],
    ['CP932', 'shift_jis'],
    ['EUC_JP', 'euc-jp'],
    ['cp949', 'euc-kr'],
    ['cp950', 'big5'],
    ['UTF-16', 'utf-16le'],
    ['utf16', 'utf-16le'],
    ['UTF-16BE', 'utf-16be'],
    ['utf8', 'utf-8'],
    [' utf-8 ', 'utf-8'],
    ['cp437', undefined],
    ['iso-2022-jp', undefined],
    ['x-user-defined', undefined],
    ['hz-gb-2312', undefined],
    ['', undefined],
  ];
  for (const [label, name] of cases) assert.equal(encodingNamed(label), name, label);
});

/** Characters as some encodings write them. */
const WRITTEN: readonly (readonly [encoding: string, hex: string, text: string])[] = [
  ['gbk', 'c4e3bac3202d81405c', '你好 -丂\\'],
  ['gb18030', '8139ef30c4e39439fc36', '㐁你\u{1f600}'],
  ['big5', 'a741a66e', '你好'],
  ['euc-jp', 'c6fccbdc8fb0a1', '日本丂'],
  ['euc-kr', 'c7d1b1db', '한글'],
  ['shift_jis', '93fa967b835c20b1', '日本ソ ｱ'],
  ['windows-1252', '80e4209f', '€ä Ÿ'],
  ['koi8-r', 'f0d2c9', 'При'],
  ['utf-16le', '604f7d590a003dd800de', '你好\n😀'],
  ['utf-16be', '4f60000d000a0041', '你\nA'],
];

/** The text of a stream that comes in pieces of some size, and whether each piece ended inside a character. */
function render(
  bytes: Buffer,
  encoding: string,
  size: number,
): { text: string; openAt: (number | undefined)[] } {
  const stream = new TerminalStream({ encoding });
  let text = '';
  const openAt: (number | undefined)[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    stream.feed(bytes.subarray(at, at + size), at, {
      line: (line) => (text += `${line}\n`),
      left: () => undefined,
    });
    openAt.push(stream.openAt);
  }
  stream.end();
  return { text: text + stream.text, openAt };
}

for (const [encoding, hex, text] of WRITTEN) {
  const bytes = Buffer.from(hex, 'hex');
  test(`decodes ${encoding} in pieces of any size`, () => {
    for (let size = 1; size <= bytes.length; size++) assert.equal(render(bytes, encoding, size).text, text);
  });

  test(`reports where a character of ${encoding} is incomplete`, () => {
    const { openAt } = render(bytes, encoding, 1);
    const decoder = new TextDecoder(encoding, { ignoreBOM: true });
    openAt.forEach((at, index) => {
      const shown = decoder.decode(bytes.subarray(0, index + 1), { stream: true });
      decoder.decode();
      const before = decoder.decode(bytes.subarray(0, at ?? index + 1), { stream: true });
      decoder.decode();
      assert.equal(before.replaceAll('\r', ''), shown.replaceAll('\r', ''));
      assert.equal(at === undefined, isWhole(bytes.subarray(0, index + 1), encoding));
    });
  });
}

/** Whether bytes decode the same with an end behind them. */
function isWhole(bytes: Buffer, encoding: string): boolean {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return (
    decoder.decode(bytes, { stream: true }) + decoder.decode() ===
      new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes) &&
    !new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes).endsWith('\ufffd')
  );
}

test('does not hold back the text behind an invalid byte', () => {
  for (const encoding of ['gbk', 'shift_jis', 'euc-jp', 'big5', 'euc-kr']) {
    const { text } = render(Buffer.of(0x41, 0xff, 0x0a, 0x42, 0x81, 0x0a, 0x43), encoding, 1);
    assert.deepEqual(
      text.split('\n').map((line) => line[0]),
      ['A', 'B', 'C'],
      encoding,
    );
    assert.doesNotMatch(text.replaceAll('\n', ''), /\p{Cc}/u, encoding);
  }
  assert.equal(decoderFor('koi8-r').incompleteTail(Buffer.of(0xff)), 0);
});

test('reads output that begins with the byte order mark of UTF-16 as UTF-16', () => {
  const text = '\x1b[31mgrün\x1b[0m\r\n漢字 😀\n50%\r\x1b[K60%';
  for (const isBigEndian of [false, true]) {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    if (isBigEndian) bytes.swap16();
    for (const size of [1, 2, 3, 5, 1000]) {
      const stream = new TerminalStream();
      const lines: [string, number][] = [];
      for (let at = 0; at < bytes.length; at += size) {
        stream.feed(bytes.subarray(at, at + size), at, {
          line: (line, end) => lines.push([line, end]),
          left: () => undefined,
        });
      }
      const ends = [...text.matchAll(/\n/g)].map(({ index }) => 2 * (index + 2));
      assert.deepEqual(lines, [
        ['grün', ends[0]],
        ['漢字 😀', ends[1]],
      ]);
      assert.equal(stream.text, '60%');
      assert.ok(stream.isComplete);
    }
  }
});

test('reports where an incomplete sequence or character of UTF-16 began', () => {
  const cases: readonly (readonly [bytes: number[], openAt: number | undefined])[] = [
    [[0xff], 10],
    [[0xff, 0xfe], undefined],
    [[0xff, 0xfe, 0x41], 12],
    [[0xff, 0xfe, 0x41, 0], undefined],
    [[0xff, 0xfe, 0x41, 0, 0x1b, 0], 14],
    [[0xff, 0xfe, 0x41, 0, 0x1b, 0, 0x5b, 0, 0x33, 0], 14],
    [[0xff, 0xfe, 0x41, 0, 0x1b, 0, 0x5b, 0, 0x6d, 0], undefined],
    [[0xff, 0xfe, 0x41, 0, 0x9b, 0], 14],
    [[0xff, 0xfe, 0x41, 0, 0x9b, 0, 0x33, 0], 14],
    [[0xff, 0xfe, 0x41, 0, 0x9b, 0, 0x6d, 0], undefined],
    [[0xff, 0xfe, 0x1b, 0, 0x5b, 0, 0x9b, 0, 0x33, 0], 16],
    [[0xff, 0xfe, 0x3d, 0xd8], 12],
    [[0xff, 0xfe, 0x3d, 0xd8, 0x00], 12],
    [[0xff, 0xfe, 0x3d, 0xd8, 0x00, 0xde], undefined],
    [[0xff, 0x41], undefined],
  ];
  for (const [bytes, openAt] of cases) {
    const stream = new TerminalStream();
    bytes.forEach((byte, at) => {
      stream.feed(Buffer.of(byte), 10 + at, { line: () => undefined, left: () => undefined });
    });
    assert.deepEqual([stream.openAt, stream.isComplete], [openAt, openAt === undefined], bytes.join(' '));
  }
});

/** Characters that Node has otherwise before version 24: rare ones, and the codes that Windows leaves unassigned. */
const OTHERWISE: ReadonlySet<string> = new Set(['koi8-u ae', 'koi8-u be', 'windows-1255 ca']);

/** Fails if a byte of an encoding does not stand for its character in the index of the Encoding Standard. */
function assertSingleBytes(encoding: string, upper: string): void {
  const decoder = decoderFor(encoding);
  Array.from(upper).forEach((character, at) => {
    const byte = 0x80 + at;
    if (character === '\ufffd' || OTHERWISE.has(`${encoding} ${byte.toString(16)}`)) return;
    assert.equal(decoder.decode(Buffer.of(byte), 0, 1), character, `${encoding}: byte ${byte}`);
  });
}

test('decodes each byte of each encoding with single bytes', () => {
  for (const [encoding, upper] of Object.entries(indexes)) {
    // Node has this one from version 24 on.
    if (encodingNamed(encoding) === undefined && encoding === 'iso-8859-16') continue;
    assertSingleBytes(encoding, upper);
    const [bytes, ascii] = [Buffer.alloc(128), Buffer.from('~ a')];
    bytes.forEach((_, at) => (bytes[at] = 0x80 + at));
    const whole = decoderFor(encoding).decode(Buffer.concat([bytes, ascii]), 0, 131);
    assert.equal(whole.length, 131, encoding);
  }
});

/** Has the fault of Node 20 and 23: windows-1252 is decoded as Latin-1, until a part of a text is decoded. */
function breakWindows1252(t: TestContext): void {
  const { TextDecoder: Real } = util;
  class Broken extends Real {
    #isBroken = this.encoding === 'windows-1252';

    override decode(...[input, options]: Parameters<InstanceType<typeof Real>['decode']>): string {
      this.#isBroken &&= options?.stream !== true;
      return this.#isBroken && input instanceof Uint8Array
        ? Buffer.from(input).toString('latin1')
        : super.decode(input, options);
    }
  }
  util.TextDecoder = Broken;
  syncBuiltinESMExports();
  t.after(() => {
    util.TextDecoder = Real;
    syncBuiltinESMExports();
  });
}

test('decodes windows-1252 on Node 20, which takes it for Latin-1', (t) => {
  breakWindows1252(t);
  assert.equal(new util.TextDecoder('latin1').decode(Buffer.of(0x80)), '\x80', 'the fault is there');
  for (const label of ['windows-1252', 'iso-8859-1', 'latin1', 'ascii']) {
    const encoding = encodingNamed(label) as string;
    const stream = new TerminalStream({ encoding });
    stream.feed(Buffer.from('[\x80] \x93q\x94 \x96 \x99 \xe9', 'latin1'), 0, {
      line: () => undefined,
      left: () => undefined,
    });
    assert.equal(stream.text, '[€] “q” – ™ é', label);
  }
  assertSingleBytes('windows-1252', indexes['windows-1252']);
});
