import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInput, withoutReports } from './terminal-input.ts';

// Promise: mute-terminal
test('ignores replies of the terminal to requests in the output', () => {
  // xterm's replies to DSR, CPR, DA1, DA2, OSC 11 and DECRQSS.
  const replies = [
    '\x1b[0n',
    '\x1b[24;80R',
    '\x1b[?1;2c',
    '\x1b[>0;276;0c',
    '\x1b]11;rgb:0000/0000/0000\x1b\\',
  ];
  for (const reply of [...replies, '\x1b]11;rgb:0000/0000/0000\x07', '\x1bP1$r0m\x1b\\', '\x1b[200~']) {
    assert.equal(readInput(reply).keys, '', JSON.stringify(reply));
    assert.equal(readInput(`a${reply}b\r`).keys, 'ab\r', JSON.stringify(reply));
  }
});

test('separates what the user does from reports that a program asked for', () => {
  const reports = [
    ...['\x1b[0n', '\x1b[24;80R', '\x1b[?24;80R', '\x1b[?1;2c', '\x1b[>0;276;0c', '\x1b[?2026;2$y'],
    ...['\x1b[8;24;80t', '\x1b[?1u', '\x1b[I', '\x1b[O', '\x1b]11;rgb:0000/0000/0000\x07'],
    ...['\x1b]10;rgb:ffff/ffff/ffff\x1b\\', '\x1bP1$r0m\x1b\\', '\x1bP>|xterm.js(6.0.0)\x1b\\'],
  ];
  for (const each of reports) assert.equal(withoutReports(`a${each}b`), 'ab', JSON.stringify(each));
  const typed = [
    ...['a', '\r', '\x03', '\x1b', '\x1b[A', '\x1bOA', '\x1b[1;5C', '\x1b[1;2R', '\x1b[15~', '\x1bb'],
    ...['\x1b[<0;10;5M', '\x1b[<0;10;5m', '\x1b[97;5u', '\x1b[200~pasted\x1b[201~'],
  ];
  for (const each of typed) assert.equal(withoutReports(each), each, JSON.stringify(each));
});
