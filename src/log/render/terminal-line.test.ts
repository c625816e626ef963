import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TerminalLine } from './terminal-line.ts';

/** The finished lines, and last the one in progress. */
function render(...parts: (string | Uint8Array)[]): string[] {
  const line = new TerminalLine();
  const lines: string[] = [];
  let offset = 0;
  for (const part of parts) {
    const bytes = Buffer.from(part);
    line.feed(bytes, offset, (text) => lines.push(text));
    offset += bytes.length;
  }
  line.end();
  return [...lines, line.text];
}

/** One test for each group; each example is input, and the lines it shows. */
function examples(name: string, cases: readonly (readonly [string | Uint8Array, ...string[]])[]): void {
  test(name, () => {
    for (const [input, ...lines] of cases) {
      const bytes = Buffer.from(input);
      assert.deepEqual(render(bytes), lines, JSON.stringify(bytes.toString('latin1')));
      assert.deepEqual(render(...Array.from(bytes, (byte) => Buffer.of(byte))), lines, 'byte by byte');
    }
  });
}

examples('escape sequences leave nothing', [
  ['\x1b[1;31mred\x1b[0m \x1b[38;2;1;2;3mrgb\x1b[m\n', 'red rgb', ''],
  ['\x1b[38:5:9mcolon\x1b[?25l\x1b[?1049h\x1b[>4;2m', 'colon'],
  ['\x1b]0;title\x07a\x1b]2;title\x1b\\b', 'ab'],
  ['\x1b]8;;https://example.org/?a=b\x07link\x1b]8;;\x07.', 'link.'],
  ['\x1b]8;id=1;file:///tmp/é\x1b\\link\x1b]8;;\x1b\\.', 'link.'],
  ['\x1bPq#0;2;0;0;0~~\x1b\\after DCS', 'after DCS'],
  ['\x1b_app\x1b\\a\x1b^private\x1b\\b\x1bXstart\x1b\\c', 'abc'],
  ['\x1b(B\x1b)0\x1b%Gset\x1b#8\x1b=\x1b>\x1b7\x1b8\x1bc\x1bM', 'set'],
  ['one\n\x1b[A\x1b[2Btwo\x1b[10;20Hthree', 'one', 'twothree'],
  ['bell\x07, shift\x0e\x0f, nul\0, vt\x0b, ff\x0c, del\x7f', 'bell, shift, nul, vt, ff, del'],
  ['C1: \u009b\u0085\u0090!', 'C1: !'],
]);

examples('a sequence that is cut short swallows no more than it must', [
  ['\x1b]0;never closed\nnext', '', 'next'],
  ['\x1b[31\nnext', '', 'next'],
  ['\x1b\nnext', '', 'next'],
  ['a\x1b]0;x\x1b[31mred\x1b[0m', 'ared'],
  ['a\x1b[3\x1b[1mb\x1b\x1b[0mc', 'abc'],
  ['a\x1b[3\x18b\x1b]0;t\x1ac', 'abc'],
  ['a\x1bé\x1b[3é', 'aéé'],
]);

examples('a carriage return begins the line anew, and what is shorter leaves the rest', [
  ['hello\rbye', 'byelo'],
  ['hello\rhowdy!', 'howdy!'],
  ['hello\r\n', 'hello', ''],
  ['hello\r\r\nnext', 'hello', 'next'],
  ['hello\r', 'hello'],
  ['50%\r\x1b[Kdone', 'done'],
  ['50%\r\x1b[2Kdone', 'done'],
  ['50%\x1b[2K\rdone', 'done'],
  ['abc\r█', '█bc'],
]);

examples('a wide character takes two columns, and a blank is left of one that is half written over', [
  ['\u{1f600}\u{1f600}\rabcd', 'abcd'],
  ['\u{1f600}\u{1f600}\u{1f600}\rabc', 'abc \u{1f600}'],
  ['abc\r\u{1f600}', '\u{1f600}c'],
  ['漢字\b\bX', '漢X '],
  ['漢字\bX', '漢 X'],
  ['漢字\x1b[2GX', ' X字'],
  ['漢字\x1b[2G\x1b[K', ' '],
  ['漢字\x1b[2G\x1b[1K', '  字'],
  ['漢字\x1b[2G\x1b[P', ' 字'],
]);

examples('a combining mark belongs to the character before it', [
  ['e\u0301a\rX', 'Xa'],
  ['abc\b\be\u0301', 'ae\u0301c'],
  ['漢\u0301a\rxy', 'xya'],
  ['ab\x1b[Ge\u0301', 'e\u0301b'],
]);

examples('a tab stays one at the end of a line; within it, it moves to the next eighth column', [
  ['a\tb\x1b[m\x1b[K\tc\r\n', 'a\tb\tc', ''],
  ['abcdefgh\r\tX', 'abcdefghX'],
  ['abc\tdef\rXXXXX', 'XXXXX   def'],
  ['ab\t\b\bX', 'ab    X '],
  ['abc\rx\x1b[9G\ty', 'xbc     \ty'],
  ['\t\té\r\x1b[P', ' '.repeat(15) + 'é'],
  ['abc\r\tX', 'abc     X'],
]);

examples('backspace and cursor movement act within the line', [
  ['abc\b\bX', 'aXc'],
  ['a\b\b\bX', 'X'],
  ['|\b/\b-\b\\\b \b', ' '],
  ['12345\x1b[3DX', '12X45'],
  ['12345\r\x1b[2CX', '12X45'],
  ['12345\x1b[2GX', '1X345'],
  ['12345\x1b[GX', 'X2345'],
  ['a\x1b[3Cb', 'a   b'],
  ['a\x1b[6Gb', 'a    b'],
  ['12345\x1b[DX\x1b[99DY', 'Y234X'],
  ['a\x1b[5C', 'a'],
  ['12345\x1b[2`X\x1b[2aY', '1X34Y'],
]);

examples('a sequence with a private mark or an intermediate byte is a different one', [
  ['123\x1b[>3DX', '123X'],
  ['123\x1b[1 DX\x1b[1 @', '123X'],
]);

examples('clearing acts within the line', [
  ['12345\x1b[2G\x1b[K', '1'],
  ['12345\x1b[3G\x1b[1K', '   45'],
  ['12345\x1b[2KX', '     X'],
  ['12345\x1b[3G\x1b[0Jx', '12x'],
  ['12345\x1b[2Jx', '     x'],
  ['12345\r\x1b[1Kx', 'x2345'],
  ['12345\x1b[2G\x1b[2Px', '1x5'],
  ['12345\x1b[2G\x1b[P', '1345'],
  ['12345\x1b[2G\x1b[2Xx', '1x 45'],
  ['12345\x1b[2G\x1b[2@x', '1x 2345'],
  ['12345\x1b[99@\x1b[99Xx', '12345x'],
  ['12345\x1b[3Jx', '12345x'],
  ['12345\x1b[?2Kx', '     x'],
  ['\x1b[31m\x1b[Kgrep\x1b[m\x1b[K', 'grep'],
]);

test('a cursor sent far to the right opens no more than 500 columns', () => {
  assert.deepEqual(render('\x1b[9999Cx'), [' '.repeat(500) + 'x']);
  assert.deepEqual(render('\x1b[999999999999Gx'), [' '.repeat(500) + 'x']);
  assert.deepEqual(render('y'.repeat(600), '\x1b[9999Cx'), ['y'.repeat(600) + 'x']);
});

test('a progress bar that was drawn 5,000 times is one line', () => {
  const drawn = Array.from({ length: 5000 }, (_, at) => `\r\x1b[K[${'#'.repeat(at / 100)}] ${at}`).join('');
  assert.deepEqual(render(drawn, '\ndone\n'), [`[${'#'.repeat(49)}] 4999`, 'done', '']);
});

test('what is half read is told, and where it began', () => {
  const cases: [string | Uint8Array, number | undefined][] = [
    ['abc', undefined],
    [Buffer.from('abcé').subarray(0, 4), 13],
    [Buffer.from('ab\u{1f600}').subarray(0, 5), 12],
    ['abc\x1b', 13],
    ['abc\x1b[31', 13],
    ['\x1b]0;a\x1b', 10],
    ['\x1b[3\x1b[1', 10],
    ['abc\x1b[m', undefined],
    ['é\x1b]0;\n', undefined],
    [Buffer.of(0xc3, 0x1b), 11],
    [Buffer.of(0xc3, 0x18), undefined],
  ];
  for (const [input, openAt] of cases) {
    const line = new TerminalLine();
    line.feed(Buffer.from(input), 10, () => undefined);
    assert.deepEqual([line.openAt, line.complete], [openAt, openAt === undefined], JSON.stringify(input));
  }
});

test('the cursor behind each line end is given', () => {
  const ends: [string, number][] = [];
  new TerminalLine().feed(Buffer.from('a\nlong\r\n\n'), 100, (text, end) => ends.push([text, end]));
  assert.deepEqual(ends, [
    ['a', 102],
    ['long', 108],
    ['', 109],
  ]);
});
