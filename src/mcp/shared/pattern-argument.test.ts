import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPattern } from './pattern-argument.ts';

const WRONG: readonly (readonly [pattern: string, says: string])[] = [
  ['(', 'Unterminated group, at position 1, after "("'],
  ['ab(c', 'Unterminated group, at position 4, after "ab(c"'],
  ['a[b', 'Unterminated character class, at position 3, after "a[b"'],
  ['*a', 'Nothing to repeat, at position 1, after "*"'],
  ['x)y', 'Unmatched \')\', at position 1, after "x"'],
  ['(?P<name>a)', 'Invalid group, at position 1, after "("'],
  ['(?i)a[b', 'Unterminated character class, at position 7, after "(?i)a[b"'],
  ['\\p{L', 'Invalid property name, at position 4, after "\\\\p{L"'],
  ['\\p{Lx}', 'Invalid property name, at position 5, after "\\\\p{Lx"'],
  ['\\p{L}\\-', 'Invalid escape, at position 6, after "\\\\p{L}\\\\"'],
  ['(?u)a{', 'Incomplete quantifier, at position 6, after "(?u)a{"'],
  ['/ab(c/i', 'Unterminated group, at position 5, after "/ab(c"'],
  ['(?uv)a', "Invalid flags supplied to RegExp constructor 'uv'"],
  [`${'x'.repeat(500)}(`, `Unterminated group, at position 501, after "${'x'.repeat(29)}("`],
];

for (const [pattern, says] of WRONG) {
  test(`an invalid pattern names the position: ${pattern.slice(0, 20)}`, () => {
    assert.throws(() => checkPattern(pattern), {
      name: 'JobError',
      message: `The pattern is not a valid regular expression: ${says}. Correct the pattern.`,
    });
  });
}

test('accepts what JavaScript accepts, with flags in front', () => {
  for (const pattern of [
    'a|b',
    '(?<n>x)\\k<n>',
    '\\p{L}',
    '(?i)error',
    '(?im)^error',
    '(?u)\\u{1F600}',
    '(?v)[\\p{L}--a]',
    '{',
    'a{,2}',
  ]) {
    checkPattern(pattern);
  }
});
