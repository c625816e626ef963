import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitOpenSequence } from './open-sequence.ts';

test('splits off a sequence that is not complete', () => {
  for (const open of [
    '\x1b',
    '\x1b[',
    '\x1b[31',
    '\x1b[?25',
    '\x1b]0;title',
    '\x1bP1$r',
    '\x1b_G\x1b',
    '\x1b(',
    '\u009b31',
    '\u009d0;title',
    '\u0090q\x1b',
  ]) {
    assert.deepEqual(splitOpenSequence(`text${open}`, 100), ['text', open], JSON.stringify(open));
  }
  for (const complete of [
    '\x1b[31m',
    '\x1b]0;title\x07',
    '\x1bPdata\x1b\\',
    '\x1b(B',
    '\x1bc',
    '\x1b]0;title\x18',
    '\u009b31m',
    '\u009d0;title\u009c',
    '\x1b]0;title\u009c',
    '\u0085',
    '',
  ]) {
    assert.deepEqual(splitOpenSequence(`text${complete}`, 100), [`text${complete}`, '']);
  }
  const long = `\x1bP${'q'.repeat(100)}`;
  assert.deepEqual(splitOpenSequence(long, 100), [long, '']);
});
