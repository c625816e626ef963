import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInput } from './terminal-input.ts';

// Promise: mute-terminal
test('what a terminal answers to questions in the output is no input', () => {
  // Status, position, attributes, a colour, a setting: as xterm answers DSR, CPR, DA1, DA2, OSC 11 and DECRQSS.
  const answers = [
    '\x1b[0n',
    '\x1b[24;80R',
    '\x1b[?1;2c',
    '\x1b[>0;276;0c',
    '\x1b]11;rgb:0000/0000/0000\x1b\\',
  ];
  for (const answer of [...answers, '\x1b]11;rgb:0000/0000/0000\x07', '\x1bP1$r0m\x1b\\', '\x1b[200~']) {
    assert.equal(readInput(answer).keys, '', JSON.stringify(answer));
    assert.equal(readInput(`a${answer}b\r`).keys, 'ab\r', JSON.stringify(answer));
  }
});
