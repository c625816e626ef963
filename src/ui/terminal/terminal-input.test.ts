import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInput } from './terminal-input.ts';

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
