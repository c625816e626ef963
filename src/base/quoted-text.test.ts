import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clip, clipMiddle, escapeControls, quote } from './quoted-text.ts';

// ESC, CSI, DEL, line and paragraph separators, direction marks, byte order mark.
const UNSAFE = [
  '\n',
  '\r',
  '\t',
  '\0',
  '\x1b',
  '\x9b',
  '\x7f',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
  '\u200f',
  '\ufeff',
];

test('quoted text is one line of visible characters, and decodes to the original', () => {
  for (const unsafe of UNSAFE) {
    const text = `a"b\\${unsafe}é😀`;
    assert.equal(quote(text).includes(unsafe), false, JSON.stringify(text));
    assert.equal(JSON.parse(quote(text)), text);
  }
});

test('escaped text keeps quotes and backslashes', () => {
  assert.equal(escapeControls('a"b\\c\nd\x1b[31m\u2028'), 'a"b\\c\\nd\\u001b[31m\\u2028');
});

test('clips text at a whole character, and keeps its line ends and blanks', () => {
  assert.equal(clip('a \n b', 5), 'a \n b');
  assert.equal(clip('a \n bc', 5), 'a \n …');
  assert.equal(clip('ab😀cd', 4), 'ab…');
});

test('cuts long text in the middle, at whole characters', () => {
  assert.equal(quote('abcdefghij', 10), '"abcdefghij"');
  assert.equal(quote('abcdefghijk', 10), '"abcd…ghijk"');
  assert.equal(quote('ab😀cdefg😀jk', 8), '"ab…jk"'.replace('jk', '😀jk'));
  assert.equal(clipMiddle('a😀bcd😀', 4), 'a…😀');
  assert.equal(clipMiddle('abcd😀x', 4), 'a…x');
  assert.equal(quote('x'.repeat(20_000)).length, 302);
});
