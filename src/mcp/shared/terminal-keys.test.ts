import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOfKey, isCursorKey, KEY_NAMES } from './terminal-keys.ts';

test('keys send what xterm sends', () => {
  const expected: Record<string, string> = {
    enter: '\r',
    Tab: '\t',
    esc: '\x1b',
    backspace: '\x7f',
    up: '\x1b[A',
    end: '\x1b[F',
    f5: '\x1b[15~',
    'ctrl-c': '\x03',
    'CTRL-Z': '\x1a',
    'alt-x': '\x1bx',
    'alt-X': '\x1bX',
    q: 'q',
    Q: 'Q',
    ä: 'ä',
  };
  for (const [name, bytes] of Object.entries(expected)) assert.equal(bytesOfKey(name, false), bytes, name);
});

test('cursor keys follow the application cursor mode', () => {
  assert.deepEqual(
    ['up', 'down', 'right', 'left', 'home', 'end'].map((name) => bytesOfKey(name, true)),
    ['\x1bOA', '\x1bOB', '\x1bOC', '\x1bOD', '\x1bOH', '\x1bOF'],
  );
  assert.ok(isCursorKey('Up'));
  assert.ok(!isCursorKey('f1'));
});

test('the error about an unknown key lists the keys', () => {
  for (const name of ['escape', 'ctrl-1', 'constructor', 'alt-', 'alt-ab', '']) {
    assert.throws(() => bytesOfKey(name, false), { name: 'JobError', message: new RegExp(KEY_NAMES) });
  }
});

test('every named key works', () => {
  for (const name of KEY_NAMES.split(', ').filter((each) => !each.includes(' '))) bytesOfKey(name, false);
  for (let number = 1; number <= 12; number++) bytesOfKey(`f${number}`, false);
});
