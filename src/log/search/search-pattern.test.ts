import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern } from './search-pattern.ts';

/** Pattern, text, and the part of the text that matches. */
const CASES: readonly (readonly [pattern: string, text: string, found: string | undefined])[] = [
  ['\\p{L}+', '12 äöü', 'äöü'],
  ['\\u{1F600}', 'a😀', '😀'],
  ['^.$', '😀', '😀'],
  ['[😀😁]', '😁', '😁'],
  ['[😀]', '😁', undefined],
  ['(?i)\\p{Lu}x', 'äX', 'äX'],
  ['(?u)ä.', 'ä😀', 'ä😀'],
  ['(?v)[\\p{L}--[a-z]]', 'abcä', 'ä'],
  ['[\\p{L}--[a-z]]', 'abcä', 'ä'],
  ['\\p{RGI_Emoji}', 'a👨‍👩‍👧b', '👨‍👩‍👧'],
  // JavaScript code.
  ['/ERR/i', 'an err', 'err'],
  ['/a\\/b/g', 'x a/b', 'a/b'],
  ['/[/]+ x/gi', 'a // X', '// X'],
  ['/^\\p{Lu}/imgu', 'äX', 'ä'],
  // The text of a path.
  ['/ERR/', 'ERR /ERR/', '/ERR/'],
  ['/api/v1/', 'GET /api/v1/x', '/api/v1/'],
  ['/usr/bin/gs', 'bin /usr/bin/gs', '/usr/bin/gs'],
  ['/api/v', 'api /api/v2', '/api/v'],
  ['/tmp/s', 'tmp /tmp/socket', '/tmp/s'],
  ['//i', 'http://i', '//i'],
  ['a/b/i', 'a/b/i', 'a/b/i'],
  ['/tmp/in', 'tmp /tmp/in', '/tmp/in'],
  // Valid only without a Unicode flag.
  ['foo\\-bar', 'foo-bar', 'foo-bar'],
  ['{', 'a{', '{'],
  ['[\\w-.]+', ' a.b-c ', 'a.b-c'],
  ['C:\\\\path\\_x', 'C:\\path_x', 'C:\\path_x'],
  ['\\\\p\\{L}', '\\p{L}', '\\p{L}'],
];

for (const [pattern, text, found] of CASES) {
  test(`matches ${pattern} as a person means it`, () => {
    assert.equal(compilePattern(pattern).exec(text)?.[0], found);
  });
}

test('rejects a pattern that would match nothing without a Unicode flag, and is not valid with one', () => {
  for (const pattern of ['\\p{Nope}', '\\p{L', '\\p{L}\\-', '\\u{110000}', '(?uv)a', '(?x)a']) {
    assert.throws(() => compilePattern(pattern), SyntaxError, pattern);
  }
});
