import fc from 'fast-check';

/** Without combining marks that have nothing in front: xterm.js does not join them to text before an escape sequence. */
const text = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('a', 'b ', 'word', '42%', '  ') },
    fc.constantFrom('é', '█', '⠋', '─', '✔', '…', 'α', 'ﬁ', '\u00ad', '𝒳', '🇩', 'ﷺ', '\u{1f321}'),
    fc.constantFrom('漢', '字', '한', 'あ', '、', 'Ａ', '😀', '👍', '⌚', '⚡', '𠀋'),
    fc.constantFrom('e\u0301', 'o\u0308\u0323', '漢\u0301', '❤\ufe0f', 'ก\u0e34', '👩\u200d👧', 'a\u200b'),
  ),
  { minLength: 1, maxLength: 6 },
);
const count = fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 12 }));
const move = fc
  .tuple(count, fc.constantFrom('C', 'D', 'G', 'P', 'X', '@', 'a', '`'))
  .map(([n, final]) => `\x1b[${n}${final}`);
const part = fc.oneof(
  { weight: 5, arbitrary: text.map((characters) => characters.join('')) },
  { weight: 3, arbitrary: fc.constantFrom('\r', '\b', '\b\b', '\t') },
  { weight: 2, arbitrary: fc.constantFrom('\x1b[K', '\x1b[0K', '\x1b[1K', '\x1b[2K', '\x1b[?2K') },
  { weight: 3, arbitrary: move },
  fc.constantFrom('\x1b[1;31m', '\x1b[m', '\x1b[38;5;9m', '\x1b[48:2::1:2:3m', '\x1b[?25l', '\x1b(B'),
  fc.constantFrom('\x1b]8;;https://example.org/?q=é\x1b\\', '\x1b]8;;\x07', '\x1b]0;title 漢\x07', '\x07'),
);
export const line = fc.array(part, { maxLength: 20 }).map((parts) => parts.join(''));

const smallCount = fc.oneof(fc.constant(''), fc.integer({ min: 1, max: 7 }));
const rowMove = fc
  .oneof(
    { weight: 6, arbitrary: fc.tuple(smallCount, fc.constantFrom('A', 'B', 'E', 'F', 'd', 'e')) },
    { weight: 1, arbitrary: fc.tuple(smallCount, fc.constantFrom('L', 'M', 'S', 'T')) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom('2', '3'), fc.constantFrom('J')) },
  )
  .map(([n, final]) => `\x1b[${n}${final}`);
const place = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.constantFrom('H', 'f'))
  .map(([row, column, final]) => `\x1b[${row};${column}${final}`);
const row = fc.oneof(
  { weight: 6, arbitrary: fc.constant('\n') },
  { weight: 6, arbitrary: rowMove },
  { weight: 3, arbitrary: place },
  { weight: 3, arbitrary: fc.constantFrom('\x1b[H', '\x1b[999H', '\x1bE', '\x1bD', '\x1bM', '\f', '\v') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('\x1b7', '\x1b8', '\x1b[s', '\x1b[u', '\x1b[?1048h', '\x1b[?1048l'),
  },
  fc.constantFrom('\u0084', '\u0085', '\u009b3;2H', '\u009bA', '\u009b?47h'),
  fc.constantFrom('\x1b[3;7r\x1b[?6h', '\x1b[?6h', '\x1b[?6l', '\x1b[?25;6l'),
  fc.constantFrom('\x1bc', '\x1b[2;5r', '\x1b[3r', '\x1b[r', '\x1b[!p'),
  fc.constantFrom('\x1b[?1049h', '\x1b[?47h', '\x1b[?1047h', '\x1b[?1049l', '\x1b[?47l', '\x1b[?1047l'),
);
const inLine = fc.oneof(
  { weight: 5, arbitrary: text.map((characters) => characters.join('')) },
  { weight: 2, arbitrary: fc.constantFrom('\r', '\b', '\x1b[K', '\x1b[1K', '\x1b[2K', '\x1b[3Z') },
  { weight: 2, arbitrary: move },
  fc.constantFrom('\x1b[J', '\x1b[1J'),
  fc.constantFrom('\u009b31m', '\u009b2K', '\u009d0;title\u009c', '\u0090$qm\x1b\\', '\x1b]0;title\u009c'),
  fc.constantFrom('\x1b[31m', '\x1b(0lqk\x1b(B', '\x1b)0\x0eab\x0f', 'ab\x1b[3b', '\x1b[4hins\x1b[4l'),
);
/** Output, and whether it can move the cursor to another row. */
export const unit = fc.oneof(
  { weight: 3, arbitrary: inLine.map((output) => ({ output, moves: false })) },
  { weight: 2, arbitrary: row.map((output) => ({ output, moves: true })) },
);
