import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TerminalStream } from './terminal-stream.ts';

/** The finished lines, and last the one in progress. */
function render(...parts: (string | Uint8Array)[]): string[] {
  const stream = new TerminalStream();
  const lines: string[] = [];
  let offset = 0;
  for (const part of parts) {
    const bytes = Buffer.from(part);
    stream.feed(bytes, offset, { line: (text) => lines.push(text), left: () => undefined });
    offset += bytes.length;
  }
  stream.end();
  return [...lines, stream.text];
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

examples('removes escape sequences', [
  ['\x1b[1;31mred\x1b[0m \x1b[38;2;1;2;3mrgb\x1b[m\n', 'red rgb', ''],
  ['\x1b[38:5:9mcolon\x1b[?25l\x1b[?2004h\x1b[>4;2m', 'colon'],
  ['\x1b]0;title\x07a\x1b]2;title\x1b\\b', 'ab'],
  ['\x1b]8;;https://example.org/?a=b\x07link\x1b]8;;\x07.', 'link.'],
  ['\x1b]8;id=1;file:///tmp/é\x1b\\link\x1b]8;;\x1b\\.', 'link.'],
  ['\x1bPq#0;2;0;0;0~~\x1b\\after DCS', 'after DCS'],
  ['\x1b_app\x1b\\a\x1b^private\x1b\\b\x1bXstart\x1b\\c', 'abc'],
  ['\x1b(B\x1b)0\x1b%Gset\x1b#8\x1b=\x1b>\x1b7\x1b8', 'set'],
  ['bell\x07, shift\x0e\x0f, nul\0, del\x7f', 'bell, shift, nul, del'],
]);

examples('carries out C1 controls, which stand for escape sequences', [
  ['a\u009b31mred\u009bm', 'ared'],
  ['hello\r\u009bKbye', 'bye'],
  ['a\u009d0;title\u009cb\u009d0;title\x07c\x1b]0;title\u009cd\u009d0;title\x1b\\e', 'abcde'],
  ['a\u009d0;ünı€\u009cb', 'ab'],
  ['a\u0090q#0~~\u009cb\u0090$qm\u009cc\x1bP1$r\u009cd', 'abcd'],
  ['a\u0098x\u009cb\u009ex\u009cc\u009fx\u009cd\u009ce', 'abcde'],
  ['one\u0085two\u0084three\u008d\u008d!', 'one', 'two', '   three', 'one     !'],
  ['a\u009b3\u009b1mb\x1b]0;t\u009b1mc\u009d0;t\nnext', 'abc', 'next'],
  ['C1: \u0080\u0081\u0088\u009a!', 'C1: !'],
  ['ä£ \u009b1m°\n\u009bm£', 'ä£ °', '£'],
  [Buffer.of(0xc2, 0x1b, 0x5b, 0x6d, 0x9b, 0x41, 0xc2), '\ufffd\ufffdA\ufffd'],
]);

examples('loses no more to a truncated sequence than it must', [
  ['\x1b]0;never closed\nnext', '', 'next'],
  ['\x1b[31\nnext', '', 'next'],
  ['\x1b\nnext', '', 'next'],
  ['a\x1b]0;x\x1b[31mred\x1b[0m', 'ared'],
  ['a\x1b[3\x1b[1mb\x1b\x1b[0mc', 'abc'],
  ['a\x1b[3\x18b\x1b]0;t\x1ac', 'abc'],
  ['a\x1bé\x1b[3é', 'aéé'],
]);

examples('overwrites a line after a carriage return, and keeps the rest of a longer one', [
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

examples('gives a wide character two columns, and leaves a blank if half of it is overwritten', [
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

examples('joins a combining mark to the character before it', [
  ['e\u0301a\rX', 'Xa'],
  ['abc\b\be\u0301', 'ae\u0301c'],
  ['漢\u0301a\rxy', 'xya'],
  ['ab\x1b[Ge\u0301', 'e\u0301b'],
]);

examples('keeps a tab at the end of a line, and moves to the next tab stop within it', [
  ['a\tb\x1b[m\x1b[K\tc\r\n', 'a\tb\tc', ''],
  ['abcdefgh\r\tX', 'abcdefghX'],
  ['abc\tdef\rXXXXX', 'XXXXX   def'],
  ['ab\t\b\bX', 'ab    X '],
  ['abc\rx\x1b[9G\ty', 'xbc     \ty'],
  ['\t\té\r\x1b[P', ' '.repeat(15) + 'é'],
  ['abc\r\tX', 'abc     X'],
]);

examples('moves within the line with backspace and cursor movement', [
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

examples('ignores a sequence with a private mark or an intermediate byte', [
  ['123\x1b[>3DX', '123X'],
  ['123\x1b[1 DX\x1b[1 @', '123X'],
]);

examples('erases within the line', [
  ['12345\x1b[2G\x1b[K', '1'],
  ['12345\x1b[3G\x1b[1K', '   45'],
  ['12345\x1b[2KX', '     X'],
  ['12345\x1b[3G\x1b[0Jx', '12x'],
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

examples('ends a line when the cursor leaves its row, and keeps what other rows show', [
  [
    'pkg-a  0%\npkg-b  0%\n\x1b[2A\rpkg-a ERROR 404\x1b[K\x1b[2B\r\x1b[1A\rpkg-b ok\x1b[K\x1b[1B\rAll done\n',
    'pkg-a  0%',
    'pkg-b  0%',
    'pkg-a ERROR 404',
    'pkg-b ok',
    'All done',
    '',
  ],
  ['First line\r\x1b[1BSecond\r\x1b[1BThird\n', 'First line', 'Second', 'Third', ''],
  ['\x1b[1;1Hfirst\x1b[2;1Hsecond\x1b[1;1Hagain', 'first', 'second', 'again'],
  ['one\x1bEtwo\x1bDthree\x1bMfour', 'one', 'two', '   three', 'two     four'],
  ['a\x1b[2Eb\x1b[1Fc', 'a', 'b', 'c'],
  ['one\n\x1b[A\x1b[2Btwo\x1b[10;20Hthree', 'one', 'two', ' '.repeat(19) + 'three'],
  ['top\n\n\x1b7below\n\x1b[Htop 2\x1b8next', 'top', '', 'below', 'top 2', 'nextw'],
  ['top\nlow\x1b[s\x1b[1dup\x1b[uer', 'top', 'low', 'topup', 'lower'],
  ['old\x1bcnew', 'old', 'new'],
  ['frame 1\n\x1b[H\x1b[Jframe 2\n', 'frame 1', 'frame 2', ''],
  ['Restarting\x1b[2J\x1b[3J\x1b[HReady\n', 'Restarting', 'Ready', ''],
  ['12345\x1b[2Jx', '12345', '     x'],
  ['page 1\fpage 2\vpage 3', 'page 1', 'page 2', 'page 3'],
  ['shell\x1b[?1049h\x1b[Heditor\x1b[?1049l$', 'shell', 'editor', 'shell$'],
  ['shell\x1b[?1049l\x1b[?47l$', 'shell$'],
  ['1\n2\n3\n\x1b[1;3r\x1b[3;1H\nadded\x1b[r', '1', '2', '3', 'added', ''],
  ['1\n2\n3\n\x1b[2;1H\x1b[Lnew\x1b[3;1H\x1b[Mmore', '1', '2', '3', 'new', 'more'],
]);

examples('counts rows from the scroll region in origin mode', [
  ['\x1b[2J\x1b[3;5r\x1b[?6h\x1b[1;1Horig\x1b[?6l\x1b[1;1Habs', 'orig', 'abs'],
  ['1\n2\n3\n4\n\x1b[2;3r\x1b[?6hA\x1b[9;1HB\x1b[dC', '1', '2', '3', '4', 'A', 'B', 'AC'],
  ['1\n2\n3\n\x1b[2;3r\x1b[?25;6hA\x1b[!p\x1b[HB', '1', '2', '3', 'A', 'B'],
  ['1\n2\n3\n\x1b7\x1b[2;3r\x1b[?6hA\x1b8B', '1', '2', '3', 'A', 'B'],
]);

examples('does not repeat a row that the cursor passes without a change', [
  ['1\n2\n3\n\x1b[3A\n\n\nend', '1', '2', '3', 'end'],
  ['1\n2\n\n3\n\x1b[4A\x1b[J1\n2\n\n3\n', '1', '2', '', '3', '1', '2', '', '3', ''],
]);

examples('supports line drawing, insert mode and repetition', [
  ['\x1b(0lqk\x1b(B lqk', '┌─┐ lqk'],
  ['\x1b)0\x0exx\x0fxx', '││xx'],
  ['\x1b(0x\nx', '│', 'x'],
  ['bc\r\x1b[4ha\x1b[4ld', 'adc'],
  ['-=\x1b[3b>', '-====>'],
]);

test('continues on a new row below the assumed screen', () => {
  const lines = Array.from({ length: 40 }, (_, at) => `line ${at}`);
  assert.deepEqual(render(`${lines.join('\n')}\r\x1b[1BSecond\r\x1b[2BThird`), [...lines, 'Second', 'Third']);
  assert.deepEqual(render(`${lines.join('\n')}\r\x1b[999BLast`), [...lines.slice(0, -1), 'Last 39']);
});

test('returns to what the row of a saved cursor shows once lines have scrolled off a terminal of few rows', () => {
  const rows = Array.from({ length: 10 }, (_, at) => `row ${at}\r\n`).join('');
  const stream = new TerminalStream({ rows: 8 });
  const lines: string[] = [];
  stream.feed(Buffer.from(`head\r\n\x1b7${rows}\x1b8TOP`), 0, {
    line: (text) => lines.push(text),
    left: () => undefined,
  });
  assert.deepEqual(lines, ['head', ...Array.from({ length: 10 }, (_, at) => `row ${at}`)]);
  // As on a screen: "row 3" is on the first row, and the line that was saved is not on the screen any more.
  assert.equal(stream.text, 'TOP 3');
});

test('opens at most 500 columns for a cursor that moves far to the right', () => {
  assert.deepEqual(render('\x1b[9999Cx'), [' '.repeat(500) + 'x']);
  assert.deepEqual(render('\x1b[999999999999Gx'), [' '.repeat(500) + 'x']);
  assert.deepEqual(render('y'.repeat(600), '\x1b[9999Cx'), ['y'.repeat(600) + 'x']);
});

test('shows a progress bar that was drawn 5,000 times as one line', () => {
  const drawn = Array.from({ length: 5000 }, (_, at) => `\r\x1b[K[${'#'.repeat(at / 100)}] ${at}`).join('');
  assert.deepEqual(render(drawn, '\ndone\n'), [`[${'#'.repeat(49)}] 4999`, 'done', '']);
});

test('reports where an incomplete character or sequence began', () => {
  const cases: [string | Uint8Array, number | undefined][] = [
    ['abc', undefined],
    [Buffer.from('abcé').subarray(0, 4), 13],
    [Buffer.from('ab\u{1f600}').subarray(0, 5), 12],
    ['abc\x1b', 13],
    ['abc\x1b[31', 13],
    ['\x1b]0;a\x1b', 10],
    ['\x1b[3\x1b[1', 10],
    ['abc\x1b[m', undefined],
    ['abc\u009b31', 13],
    ['é\u009d0;a', 12],
    ['abc\u009bm', undefined],
    ['é\x1b]0;\n', undefined],
    [Buffer.of(0xc3, 0x1b), 11],
    [Buffer.of(0xc3, 0x18), undefined],
  ];
  for (const [input, openAt] of cases) {
    const stream = new TerminalStream();
    stream.feed(Buffer.from(input), 10, { line: () => undefined, left: () => undefined });
    assert.deepEqual(
      [stream.openAt, stream.isComplete],
      [openAt, openAt === undefined],
      JSON.stringify(input),
    );
  }
});

test('reports the cursor behind each line end', () => {
  const ends: [string, number][] = [];
  new TerminalStream().feed(Buffer.from('a\nlong\r\n\n'), 100, {
    line: (text, end) => ends.push([text, end]),
    left: () => undefined,
  });
  assert.deepEqual(ends, [
    ['a', 102],
    ['long', 108],
    ['', 109],
  ]);
});
